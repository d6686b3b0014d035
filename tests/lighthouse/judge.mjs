/**
 * Judges pages as Lighthouse's slow phone meets them: slow 4G, a processor at a quarter; those of
 * the desk as its desktop does, too.
 *
 * node judge.mjs '{"port": 9222, "address": "http://…", "phone": {"username": "…", "password": "…",
 *   "hash": "#/receipts/…"}, "desk": {"username": "…", "password": "…", "hashes": {"board": "#/actions"}}}'
 * prints one line of JSON for each page.
 */
import lighthouse from "lighthouse";
import desktop from "lighthouse/core/config/desktop-config.js";
import puppeteer from "puppeteer-core";

const { port, address, phone, desk } = JSON.parse(process.argv[2]);
const TIMES = ["first-contentful-paint", "largest-contentful-paint", "interactive", "total-blocking-time"];

const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}`, defaultViewport: null });
const page = await browser.newPage();
await judge("start", `${address}/`, false);
await page.goto(`${address}/`);
await signIn(phone, ".tabs");
await page.waitForSelector(".light[data-light=safe]");
// The same tab: who is signed in is known to it alone. As at a first visit, nothing is kept there.
await judge("receipt", `${address}/${phone.hash}`, true);
// Another name for the same service: the phone app's worker, which keeps its files, is not there.
const elsewhere = address.replace("127.0.0.1", "localhost");
await page.goto(`${elsewhere}/desk`);
await signIn(desk, ".desk");
for (const [name, hash] of Object.entries(desk.hashes)) {
  await judge(`desk ${name}`, `${elsewhere}/desk${hash}`, true);
  await judge(`desk ${name}, desktop`, `${elsewhere}/desk${hash}`, true, desktop);
}
await browser.disconnect();

async function signIn({ username, password }, until) {
  await page.waitForSelector("[name=username]");
  await page.type("[name=username]", username);
  await page.type("[name=password]", password);
  await page.keyboard.press("Enter");
  await page.waitForSelector(until);
}

async function judge(name, url, isSignedIn, config) {
  const flags = { port, disableStorageReset: isSignedIn, logLevel: "error" };
  const { lhr } = await lighthouse(url, flags, config, page);
  const scores = Object.fromEntries(Object.entries(lhr.categories).map(([key, { score }]) => [key, Math.round(score * 100)]));
  const times = Object.fromEntries(TIMES.map((key) => [key, Math.round(lhr.audits[key].numericValue)]));
  const failed = Object.values(lhr.audits).filter(({ score, scoreDisplayMode }) => score === 0 && scoreDisplayMode === "binary").map(({ id }) => id);
  const requests = lhr.audits["network-requests"].details.items;
  console.log(JSON.stringify({ name, scores, times, failed, bytes: lhr.audits["total-byte-weight"].numericValue, requests: requests.length, warnings: lhr.runWarnings }));
}
