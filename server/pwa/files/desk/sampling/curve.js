/** A curve one can read: drawn by uPlot, with marked points, for screen, dark screen and paper. */

import uPlot from "uplot";
import { html, useEffect, useRef } from "../view.js";

const HEIGHT = 250;
const PAPER = { width: 620, ink: "#16211f", muted: "#4a5654", line: "#c9d2cf", surface: "#ffffff" };
/** Besides its colour each curve has its own dashes, for whoever prints grey or sees no red. */
const DASHES = [[], [9, 4], [3, 3], [12, 4, 3, 4], [2, 6]];
const TONES = ["accent", "wait", "part", "concession", "bad"];

styleSheetOfUplot();

/**
 * @typedef {{name: string, values: (number | null)[]}} Line
 * @typedef {{x: number, y: number, label: string, tone?: string}} Mark
 *
 * @param {object} properties
 * @param {string} properties.title
 * @param {string} properties.summary the picture in one sentence, read out
 * @param {number[]} properties.at the qualities, along the bottom
 * @param {string} properties.unit what stands below them
 * @param {Line[]} properties.lines
 * @param {Mark[]} [properties.marks]
 * @param {number | null} [properties.top] the upper end of the scale; null: what the curve needs
 * @param {(value: number) => string} properties.format of the scale at the side
 * @param {(place: number | null) => void} [properties.onPoint] the place the pointer is at
 * @param {number | null} [properties.place] a place to show, chosen otherwise
 */
export function Curve({ title, summary, at, unit, lines, marks = [], top = null, format, onPoint, place = null }) {
  const holder = useRef(/** @type {HTMLElement | null} */ (null));
  const plot = useRef(/** @type {uPlot | null} */ (null));
  const tell = useRef(onPoint);
  tell.current = onPoint;
  useEffect(() => {
    const element = /** @type {HTMLElement} */ (holder.current);
    const draw = (isPaper) => {
      plot.current?.destroy();
      const look = isPaper ? PAPER : lookOf(element);
      const told = (where) => tell.current?.(where);
      plot.current = new uPlot(optionsOf({ look, unit, lines, marks, top, format, told, isPaper }), [at, ...lines.map(({ values }) => values)], element);
    };
    const onScreen = () => draw(false);
    const onPaper = () => draw(true);
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const watcher = new ResizeObserver(onScreen);
    watcher.observe(element);
    dark.addEventListener("change", onScreen);
    window.addEventListener("beforeprint", onPaper);
    window.addEventListener("afterprint", onScreen);
    return () => {
      watcher.disconnect();
      dark.removeEventListener("change", onScreen);
      window.removeEventListener("beforeprint", onPaper);
      window.removeEventListener("afterprint", onScreen);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [at, lines, marks]);
  useEffect(() => {
    if (place !== null) plot.current?.setCursor({ left: plot.current.valToPos(at[place], "x"), top: 0 }, false);
  }, [place, at]);
  return html`
    <figure class="card curve">
      <figcaption>${title}</figcaption>
      <div class="curve-plot" ref=${holder} role="img" aria-label=${summary}></div>
    </figure>
  `;
}

/** The tokens of the style sheet, where the curve stands. @param {HTMLElement} element */
function lookOf(element) {
  const style = getComputedStyle(element);
  const token = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    width: Math.max(element.clientWidth, 240),
    ink: token("ink"),
    muted: token("muted"),
    line: token("line"),
    surface: token("surface"),
    accent: token("accent"),
    wait: token("wait"),
    part: token("part"),
    concession: token("concession"),
    bad: token("bad"),
  };
}

/** @returns {uPlot.Options} */
function optionsOf({ look, unit, lines, marks, top, format, told, isPaper }) {
  const font = "12px system-ui, sans-serif";
  const axis = { stroke: look.muted, grid: { stroke: look.line, width: 1 }, ticks: { show: false }, font, labelFont: font };
  const range = /** @type {uPlot.Range.Function} */ ((_plot, _low, high) => [0, top ?? (high > 0 ? high * 1.08 : 1)]);
  return {
    width: look.width,
    height: HEIGHT,
    legend: { show: false },
    padding: [14, 14, 0, 0],
    scales: { x: { time: false }, y: { range } },
    axes: [
      { ...axis, label: unit, labelSize: 20, size: 30 },
      { ...axis, size: 52, values: (_plot, ticks) => ticks.map((tick) => format(tick)) },
    ],
    series: [
      {},
      ...lines.map(({ name }, at) => ({
        label: name,
        stroke: isPaper ? look.ink : look[TONES[at % TONES.length]],
        dash: DASHES[at % DASHES.length],
        width: 2.25,
        points: { show: false },
      })),
    ],
    cursor: { y: false, drag: { setScale: false, x: false }, sync: { key: "sampling", setSeries: false } },
    hooks: {
      draw: [(plot) => marks.forEach((mark) => drawMark(plot, mark, look, isPaper))],
      setCursor: [(plot) => told(plot.cursor.idx ?? null)],
    },
  };
}

/** A point with a line down to its quality. */
function drawMark(plot, { x, y, label, tone = "ink" }, look, isPaper) {
  const { ctx } = plot;
  const scale = window.devicePixelRatio;
  const [left, height] = [plot.valToPos(x, "x", true), plot.valToPos(y, "y", true)];
  if (x > plot.scales.x.max) return;
  const colour = isPaper ? look.ink : look[tone];
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = 1.25 * scale;
  ctx.setLineDash([4 * scale, 4 * scale]);
  ctx.beginPath();
  ctx.moveTo(left, plot.bbox.top + plot.bbox.height);
  ctx.lineTo(left, height);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.arc(left, height, 5 * scale, 0, 2 * Math.PI);
  ctx.fill();
  ctx.lineWidth = 2 * scale;
  ctx.strokeStyle = look.surface;
  ctx.stroke();
  ctx.font = `600 ${12 * scale}px system-ui, sans-serif`;
  const isAtEnd = left + ctx.measureText(label).width + 12 * scale > plot.bbox.left + plot.bbox.width;
  ctx.textAlign = isAtEnd ? "right" : "left";
  ctx.textBaseline = "bottom";
  ctx.lineWidth = 4 * scale;
  const [beside, above] = [left + (isAtEnd ? -9 : 9) * scale, Math.max(height - 3 * scale, plot.bbox.top + 14 * scale)];
  ctx.strokeText(label, beside, above);
  ctx.fillText(label, beside, above);
  ctx.restore();
}

/** The library's own sheet is asked for with the first curve, and not before. */
function styleSheetOfUplot() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("../../libraries/uplot.css", import.meta.url).href;
  document.head.append(link);
}
