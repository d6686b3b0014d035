/**
 * Judges pages as Lighthouse's slow phone meets them: slow 4G, a processor at a quarter.
 *
 * node judge.mjs '{"port": 9222, "address": "http://…", "username": "…", "password": "…",
 *   "hash": "#/receipts/…"}' prints one line of JSON for each page.
 */
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const { port, address, username, password, hash } = JSON.parse(process.argv[2]);
const TIMES = ["first-contentful-paint", "largest-contentful-paint", "interactive", "total-blocking-time"];

const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}`, defaultViewport: null });
const page = await browser.newPage();
await judge("start", `${address}/`, false);
await page.goto(`${address}/`);
await page.type("[name=username]", username);
await page.type("[name=password]", password);
await page.keyboard.press("Enter");
await page.waitForSelector(".tabs");
await page.waitForSelector(".light[data-light=safe]");
// The same tab: who is signed in is known to it alone. As at a first visit, nothing is kept there.
await judge("receipt", `${address}/${hash}`, true);
await browser.disconnect();

async function judge(name, url, isSignedIn) {
  const flags = { port, disableStorageReset: isSignedIn, logLevel: "error" };
  const { lhr } = await lighthouse(url, flags, undefined, page);
  const scores = Object.fromEntries(Object.entries(lhr.categories).map(([key, { score }]) => [key, Math.round(score * 100)]));
  const times = Object.fromEntries(TIMES.map((key) => [key, Math.round(lhr.audits[key].numericValue)]));
  const failed = Object.values(lhr.audits).filter(({ score, scoreDisplayMode }) => score === 0 && scoreDisplayMode === "binary").map(({ id }) => id);
  const requests = lhr.audits["network-requests"].details.items;
  console.log(JSON.stringify({ name, scores, times, failed, bytes: lhr.audits["total-byte-weight"].numericValue, requests: requests.length, warnings: lhr.runWarnings }));
}
