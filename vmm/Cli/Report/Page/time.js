// Timelines and distributions of latencies; page.js calls draw() of what this makes.
window.timeCharts = tools => {
  "use strict";
  const { data, at, make, colour, short, digits, legend, width, ticksFor, parts } = tools;
  let charts = [];
  const seconds = ps => ps * 1e-12;
  const percent = v => `${(100 * v).toFixed(1)} %`;
  const axis = more => ({ stroke: colour("--soft"), grid: { stroke: colour("--rule"), width: 1 }, ticks: { stroke: colour("--rule"), width: 1 }, font: "12px system-ui, sans-serif", ...more });
  const timeAxis = () => axis({ space: 90, values: (_, list) => list.map(v => `${short(v)}s`) });
  const stepped = () => uPlot.paths.stepped({ align: 1 });
  const held = list => [...list, list.at(-1)];

  function chart(box, height, title, options, columns, tell) {
    const holder = make("div"), said = make("p", { className: "caption readout" });
    if (title) holder.append(make("p", { className: "chart-title", textContent: title }));
    box.append(holder);
    const drawn = new uPlot({
      width: width(box), height, legend: { show: false }, padding: [8, options.axes.length > 2 ? 0 : aside(), 0, 0],
      cursor: { drag: { x: true, y: false }, y: false, points: { show: false }, sync: { key: "virtual-time" } },
      hooks: { setCursor: [u => { said.textContent = u.cursor.idx == null ? said.dataset.rest : tell(u.cursor.idx); }] },
      ...options,
    }, columns, holder);
    holder.append(said);
    charts.push(drawn);
    return said;
  }

  // Room at the right for the axis of waits, so that all charts have one axis of time.
  const aside = () => data.host.waits.length && data.host.t.length > 1 ? 58 : 12;

  const rest = (said, text) => { said.dataset.rest = text; said.textContent = text; };

  // Shares of each part, on top of each other; the tallest is drawn first.
  function stack(box, title, times, shares, end) {
    const tops = shares[0].map(() => 0);
    const columns = parts.map((_, k) => held(shares[k].map((v, i) => { tops[i] += v; return 100 * tops[i]; })));
    const last = shares[0].length - 1;
    const said = chart(box, 170, title, {
      scales: { x: { time: false, range: (_, low, high) => high > low ? [low, high] : [0, end] }, y: { range: [0, 100] } },
      axes: [timeAxis(), axis({ size: 54, values: (_, list) => list.map(v => `${v} %`) })],
      series: [{}, ...parts.map(p => ({ label: p, stroke: colour(`--${p}`), fill: colour(`--${p}`), width: 0, points: { show: false }, paths: stepped() })).reverse()],
    }, [times, ...columns.reverse()], i => {
      const k = Math.min(i, last);
      return `From ${short(times[k])}s to ${short(times[k + 1])}s: ${parts.map((p, j) => `${p} ${percent(shares[j][k])}`).join(", ")}.`;
    });
    rest(said, "");
  }

  function hostTrack(box, end) {
    const host = data.host;
    if (!host || host.t.length < 2) return;
    const times = host.t.map(seconds), waits = host.waits.map((w, i) => ({ ...w, ink: colour(`--c${(i + 1) % 8}`) })), slow = colour("--c0");
    const log = d3.min(host.slowdown) > 0 && d3.max(host.slowdown) / d3.min(host.slowdown) > 20;
    box.append(legend([["slowdown (left)", slow], ...waits.map(w => [`${w.text} (right)`, w.ink])]));
    const line = (label, ink, scale, width) => ({ label, stroke: ink, width, scale, points: { show: false }, paths: stepped() });
    const said = chart(box, 170, "", {
      scales: { x: { time: false, range: [0, end] }, y: log ? { distr: 3 } : { range: (_, low, high) => [0, (high || 1) * 1.08] }, wait: { range: [0, 100] } },
      axes: [timeAxis(), axis({ size: 54, ...(log ? { grid: { show: false } } : {}), values: (_, list) => list.map(v => v == null ? "" : short(v)) }),
        ...(waits.length ? [axis({ side: 1, scale: "wait", size: 58, grid: { show: false }, values: (_, list) => list.map(v => `${v} %`) })] : [])],
      series: [{}, line("slowdown", slow, "y", 2), ...waits.map(w => line(w.text, w.ink, "wait", 1.2))],
    }, [times, held(host.slowdown), ...waits.map(w => held(w.shares.map(v => 100 * v)))], i => {
      const k = Math.min(i, host.slowdown.length - 1);
      return `From ${short(times[k])}s to ${short(times[k + 1])}s: slowdown ${digits(host.slowdown[k])}${waits.map(w => `, ${w.text} ${percent(w.shares[k])}`).join("")}.`;
    });
    rest(said, "The host: slowdown is host time by virtual time. Drag to look closer, double-click to see all.");
  }

  function timeline() {
    const box = at("timeline-chart");
    if (!box) return;
    const end = seconds(d3.max(data.timeline, n => n.t.at(-1)));
    box.replaceChildren(legend(parts.map(p => [p, colour(`--${p}`)]), true));
    for (const n of data.timeline) {
      const times = n.t.map(seconds), last = times.at(-1);
      // All charts have the same axis: what ended earlier is followed by nothing.
      stack(box, n.node, times, n.parts, Math.max(end, last));
    }
    hostTrack(box, end);
  }

  function segments() {
    const box = at("segments-chart");
    if (!box) return;
    box.replaceChildren(legend(parts.map(p => [p, colour(`--${p}`)]), true));
    const end = seconds(d3.max(data.segments, s => s.t[1]));
    for (const node of [...new Set(data.segments.map(s => s.node))].slice(0, 8)) {
      const times = [0], shares = parts.map(() => []);
      for (const s of data.segments.filter(s => s.node === node)) {
        const [from, to] = s.t.map(seconds);
        if (from > times.at(-1)) { times.push(from); shares.forEach(list => list.push(0)); }
        times.push(to);
        s.parts.forEach((v, k) => shares[k].push(v));
      }
      stack(box, node, times, shares, end);
    }
  }

  function cdf(kind) {
    const box = at(`cdf-${kind}`);
    if (!box) return;
    const curves = data.cdfs.filter(c => c.kind === kind), w = width(box);
    const numbers = [...new Set(curves.map(c => c.x))].filter(x => x != null).sort((a, b) => a - b), lines = [...new Set(curves.map(c => c.line))];
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const ramp = d3.piecewise(d3.interpolateLab, dark ? ["#2f6ea6", "#7fc1c9", "#f3d37a"] : ["#b9cfe8", "#3f86b5", "#3a1f5c"]);
    const graded = numbers.length > 1;
    const ink = c => graded ? ramp(numbers.indexOf(c.x) / (numbers.length - 1)) : `var(--c${curves.indexOf(c) % 8})`;
    const dashes = ["none", "6 4", "2 3", "9 3 2 3"];
    const low = seconds(d3.min(curves, c => c.at[0])), high = seconds(d3.max(curves, c => c.at.at(-1)));
    const log = low > 0 && high / low > 5, room = high / low < 1.2 || low === 0;
    const axisName = data.tdf ? "TDF" : data.x >= 0 ? data.paths[data.x].short : "";
    const entries = graded
      ? numbers.map((x, i) => [`${axisName} ${digits(x)}`, ramp(i / (numbers.length - 1))])
      : curves.length > 1 ? curves.slice(0, 8).map(c => [c.label, ink(c)]) : [];
    const drawn = Plot.plot({
      width: w, height: Math.round(Math.max(220, Math.min(320, w * 0.34))), marginLeft: 54, marginRight: 18, marginBottom: 44, style: { fontSize: "12px" },
      x: { type: log ? "log" : "linear", label: "latency", grid: true, ticks: ticksFor(w), tickFormat: v => `${short(v)}s`, domain: room ? [low * 0.8, (high || 1e-12) * 1.2] : [low, high] },
      y: { label: "share that took no longer (%)", domain: [0, 100], grid: true, ticks: 5 },
      marks: curves.map(c => {
        const rows = c.at.map((v, i) => ({ x: seconds(v), y: 100 * c.share[i] }));
        if (rows[0].x > 0 || !log) rows.push({ x: room ? (high || 1e-12) * 1.2 : high, y: 100 });
        return Plot.line(rows, { x: "x", y: "y", stroke: ink(c), strokeWidth: 1.8, strokeDasharray: dashes[Math.max(0, lines.indexOf(c.line)) % 4], title: () => c.label, tip: true });
      }),
    });
    const dashed = lines.length > 1 ? `Solid: ${lines[0]}; dashed in turn: ${lines.slice(1).join("; ")}.` : "";
    box.replaceChildren(...(entries.length ? [legend(entries)] : []), drawn, ...(dashed ? [make("p", { className: "caption", textContent: dashed })] : []));
  }

  return {
    draw() {
      charts.forEach(c => c.destroy());
      charts = [];
      timeline();
      segments();
      [0, 1].forEach(cdf);
    },
  };
};
