// Draws a report from the JSON beside it. Nothing is fetched; without this script the tables stand.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = id => document.getElementById(id);
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const series = i => `var(--c${i % 8})`;
  const parts = ["executed", "stall", "kernel", "waiting"];
  const points = (data.ids || []).length;
  const metricOf = name => data.metrics.find(m => m.name === name);
  const valueOf = (m, i) => m.v ? m.v[i] : m.all;

  // --- words and numbers ---

  const make = (tag, fields = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), fields);
    node.append(...children);
    return node;
  };

  const prefixes = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"], [1e-9, "n"], [1e-12, "p"]];

  const digits = v => {
    if (v == null || !isFinite(v)) return "";
    const size = Math.abs(v);
    if (size !== 0 && (size < 1e-4 || size >= 1e7)) return v.toExponential(3).replace("e+", "e");
    return v.toLocaleString("en-US", { maximumSignificantDigits: size >= 1000 ? 7 : 4 });
  };

  const short = v => {
    if (v === 0) return "0";
    const [scale, prefix] = prefixes.find(([s]) => Math.abs(v) >= s * 0.9999999) || prefixes.at(-1);
    return `${+(v / scale).toPrecision(4)}${prefix}`;
  };

  const quantity = (v, unit) => unit ? `${short(v)}${unit}` : digits(v);
  const shown = (m, v) => v == null ? "" : `${(v * m.f).toLocaleString("en-US", { minimumFractionDigits: m.d, maximumFractionDigits: m.d })}${m.u ? " " + m.u : ""}`;
  const median = list => {
    const s = [...list].sort((a, b) => a - b), h = s.length >> 1;
    return s.length % 2 ? s[h] : (s[h - 1] + s[h]) / 2;
  };

  // --- which path is the axis, which make lines; the same rule as SeriesPlan ---

  const varying = data.paths.map((p, i) => i).filter(i => data.paths[i].values.length > 1);

  function plan(x) {
    const lines = [], folded = [];
    let count = 1;
    for (const p of varying) {
      if (p === x) continue;
      const more = data.paths[p].values.length;
      if (count * more <= data.lines) { lines.push(p); count *= more; } else folded.push(p);
    }
    return { x, lines, folded };
  }

  const valueText = (p, i) => data.paths[p].values[data.paths[p].of[i]];
  const lineOf = (how, i) => how.lines.map(p => `${data.paths[p].short}=${valueText(p, i)}`).join(", ");
  const numberOf = (p, i) => data.paths[p].numbers ? data.paths[p].numbers[data.paths[p].of[i]] : valueText(p, i);

  function grouped(metric, how) {
    const groups = new Map();
    for (let i = 0; i < points; i++) {
      const v = valueOf(metric, i);
      if (v == null) continue;
      const key = lineOf(how, i), x = numberOf(how.x, i), at = `${key}\n${x}`;
      if (!groups.has(at)) groups.set(at, { key, x, text: valueText(how.x, i), values: [] });
      groups.get(at).values.push(v);
    }
    return [...groups.values()].map(g => ({
      ...g, y: median(g.values) * metric.f, low: Math.min(...g.values) * metric.f, high: Math.max(...g.values) * metric.f, n: g.values.length,
    }));
  }

  function legend(entries, blocks) {
    const box = make("div", { className: blocks ? "legend blocks" : "legend" });
    for (const [text, fill] of entries) {
      const mark = make("i");
      mark.style.background = fill;
      box.append(make("span", {}, mark, text));
    }
    return box;
  }

  const width = node => Math.max(280, node.clientWidth);
  const ticksFor = w => Math.max(3, Math.floor(w / 110));
  const thin = (list, most) => list && list.length > most ? list.filter((_, i) => i % Math.ceil(list.length / most) === 0) : list;

  // --- the headline ---

  const state = { metric: null, x: data.x, logX: true, logY: true };

  function headline() {
    const box = at("headline"), metric = metricOf(state.metric);
    if (!box || !metric) return;
    const how = plan(state.x), rows = grouped(metric, how), path = data.paths[state.x], w = width(box);
    const numeric = !!path.numbers;
    const canX = numeric && rows.every(r => r.x > 0), canY = rows.every(r => r.low > 0);
    at("log-x").disabled = !canX;
    at("log-y").disabled = !canY;
    const logX = canX && state.logX, logY = canY && state.logY;
    const keys = [...new Set(rows.map(r => r.key))];
    const fits = state.x === data.x ? data.fits.filter(f => f.metric === metric.name) : [];
    const xLabel = data.tdf && state.x === data.x ? "TDF" : path.name;
    const fitRows = fits.flatMap(f => fitLine(f, metric, numeric));
    const beyond = fits.length <= 2 ? fits.filter(f => f.beyond).map(f => ({ key: f.line, x: f.beyond[0], y: f.beyond[1] * metric.f, low: f.beyond[2] * metric.f, high: f.beyond[3] * metric.f })) : [];
    const ink = key => series(keys.indexOf(key));
    const xs = [...new Set(rows.map(r => r.x))].sort((a, b) => a - b);
    const tip = r => `${r.key ? r.key + "\n" : ""}${xLabel} ${r.text}\nmedian ${digits(r.y)} ${metric.u}\n${r.n > 1 ? `${digits(r.low)} to ${digits(r.high)}, ${r.n} runs` : "1 run"}`;
    // d3 drops texts of logarithmic axes that it finds too close: these are the points' own.
    const ownTicks = numeric && xs.length <= 16 ? thin(xs, ticksFor(w)) : null;
    const marks = numeric ? [
      ownTicks ? Plot.axisX(ownTicks, { text: v => quantity(v, path.unit) }) : null,
      Plot.areaY(rows, { x: "x", y1: "low", y2: "high", z: "key", fill: r => ink(r.key), fillOpacity: 0.16 }),
      Plot.ruleX(rows, { x: "x", y1: "low", y2: "high", stroke: r => ink(r.key), strokeOpacity: 0.5 }),
      Plot.lineY(fitRows, { x: "x", y: "y", z: "key", stroke: r => ink(r.key), strokeDasharray: "5 4", strokeOpacity: 0.75 }),
      Plot.ruleX(beyond, { x: "x", y1: "low", y2: "high", stroke: r => ink(r.key), strokeDasharray: "2 2" }),
      Plot.dot(beyond, { x: "x", y: "y", stroke: r => ink(r.key), fill: "var(--ground)", r: 3.5 }),
      Plot.ruleX(fits.filter(f => f.knee != null).map(f => ({ x: f.knee, key: f.line })), { x: "x", stroke: r => ink(r.key), strokeOpacity: 0.35 }),
      Plot.lineY(rows, { x: "x", y: "y", z: "key", sort: "x", stroke: r => ink(r.key), strokeWidth: 1.8 }),
      Plot.dot(rows, { x: "x", y: "y", fill: r => ink(r.key), r: 3, title: tip, tip: true }),
    ] : [
      Plot.ruleX(rows, { x: "text", y1: "low", y2: "high", stroke: r => ink(r.key), strokeWidth: 3, strokeOpacity: 0.35 }),
      Plot.dot(rows, { x: "text", y: "y", fill: r => ink(r.key), r: 4, title: tip, tip: true }),
    ];
    const chart = Plot.plot({
      width: w, height: Math.round(Math.max(260, Math.min(420, w * 0.42))), marginLeft: 62, marginRight: 18, marginBottom: 42,
      style: { fontSize: "12px" },
      x: numeric
        ? { type: logX ? "log" : "linear", label: `${xLabel}${path.unit ? ` (${path.unit})` : ""}`, axis: ownTicks ? null : "bottom", ticks: ticksFor(w), tickFormat: v => quantity(v, path.unit), nice: false }
        : { label: xLabel, domain: path.values },
      y: { type: logY ? "log" : "linear", label: `${metric.name}${metric.u ? ` (${metric.u})` : ""}`, grid: true, nice: !logY, zero: false, ticks: 6, tickFormat: metric.u ? digits : short },
      marks,
    });
    box.replaceChildren();
    if (keys.length > 1) box.append(legend(keys.map(k => [k, ink(k)])));
    box.append(chart);
    box.append(make("p", { className: "caption", textContent: captionOf(how, rows, fits) }));
    const words = at("fit-words");
    words.replaceChildren();
    for (const f of fits.slice(0, 8)) {
      const lead = f.line ? `${f.line}: ` : "";
      words.append(make("p", { textContent: lead + (fits.length > 2 ? f.words[0] : f.words.join(" ")) }));
    }
    if (numeric && state.x === data.x && fits.length === 0 && !metric.host) {
      words.append(make("p", { className: "note", textContent: xs.length < 3 ? "Fewer than three values: no fit." : "No fit: the figure does not vary, or is a share." }));
    }
  }

  function fitLine(f, metric, numeric) {
    if (!numeric) return [];
    const [from, to] = [f.x[0], f.beyond ? f.beyond[0] : f.x[1]];
    return d3.range(0, 33).map(i => {
      const x = f.log ? from * (to / from) ** (i / 32) : from + (to - from) * i / 32;
      const y = f.log ? Math.exp(f.a + f.b * Math.log(x)) : f.a + f.b * x;
      return { key: f.line, x, y: y * metric.f };
    }).filter(r => !f.log || r.y > 0);
  }

  function captionOf(how, rows, fits) {
    const most = d3.max(rows, r => r.n) || 0;
    const over = how.folded.length ? `over ${how.folded.map(p => data.paths[p].name).join(", ")} and repeats` : "over repeats";
    const band = most > 1 ? `Median; the band is the range ${over}.` : "One run at each point.";
    const fit = fits.length ? " Dashed: the fit; hollow: extrapolation with its 95 % interval." : "";
    return band + fit;
  }

  function controls() {
    const box = at("controls");
    if (!box) return;
    const choose = make("select", { id: "metric" });
    const own = data.metrics.filter(m => !m.host), host = data.metrics.filter(m => m.host);
    for (const [label, list] of [["results", own], ["host", host]]) {
      if (!list.length) continue;
      const group = make("optgroup", { label });
      for (const m of list) group.append(make("option", { value: m.name, textContent: m.name }));
      choose.append(group);
    }
    const fitted = own.find(m => m.v && !m.name.startsWith("share."));
    state.metric = (fitted || own[0] || host[0] || {}).name;
    choose.value = state.metric;
    choose.onchange = () => { state.metric = choose.value; headline(); heat(); pareto(); };
    box.append(make("label", {}, "Metric", choose));
    if (varying.length > 1) {
      const axis = make("select", { id: "axis" });
      for (const p of varying) axis.append(make("option", { value: p, textContent: data.paths[p].name }));
      axis.value = state.x;
      axis.onchange = () => { state.x = +axis.value; headline(); shares(); heat(); };
      box.append(make("label", {}, "over", axis));
    }
    for (const [id, key, text] of [["log-x", "logX", "log x"], ["log-y", "logY", "log y"]]) {
      const tick = make("input", { type: "checkbox", id, checked: true });
      tick.onchange = () => { state[key] = tick.checked; headline(); };
      box.append(make("label", {}, tick, text));
    }
    if (data.omitted && data.omitted.length) {
      box.append(make("span", { className: "count", title: data.omitted.join("\n"), textContent: `${data.omitted.length} more metrics in results.csv` }));
    }
  }

  // --- where virtual time went ---

  function shares() {
    const box = at("shares");
    if (!box) return;
    const w = width(box), rows = [];
    let label = "", domain;
    const metrics = parts.map(p => metricOf(`share.${p}`));
    if (data.sweep && state.x >= 0 && metrics.every(Boolean)) {
      const how = { x: state.x, lines: [], folded: [] }, path = data.paths[state.x];
      label = path.name;
      const order = path.numbers ? d3.sort(path.values, (a, b) => path.numbers[path.values.indexOf(a)] - path.numbers[path.values.indexOf(b)]) : path.values;
      domain = order;
      metrics.forEach((m, k) => grouped(m, how).forEach(g => rows.push({ x: g.text, part: parts[k], y: g.y })));
    } else {
      data.cores.slice(0, 64).forEach(c => c.parts.forEach((y, k) => rows.push({ x: c.name, part: parts[k], y })));
      domain = [...new Set(rows.map(r => r.x))];
      label = "core";
    }
    if (!rows.length) return;
    const horizontal = domain.length <= 6 || !data.sweep;
    const longest = d3.max(domain, d => d.length);
    const common = { fill: r => `var(--${r.part})`, title: r => `${r.x}\n${r.part} ${(100 * r.y).toFixed(1)} %`, tip: true, order: parts };
    const chart = horizontal
      ? Plot.plot({
        width: w, marginLeft: Math.min(160, 20 + 7 * longest), marginRight: 18, marginBottom: 40, height: 66 + 24 * domain.length, style: { fontSize: "12px" },
        x: { label: "share of virtual time (%)", transform: v => 100 * v, domain: [0, 100], ticks: 5 }, y: { label: null, domain },
        marks: [Plot.barX(rows, Plot.stackX({ x: "y", y: "x", ...common, insetTop: 1, insetBottom: 1 }))],
      })
      : Plot.plot({
        width: w, height: 240, marginLeft: 62, marginRight: 18, marginBottom: 42, style: { fontSize: "12px" },
        x: { label, domain, ticks: thin(domain, ticksFor(w)), tickRotate: 0 }, y: { label: "share of virtual time (%)", transform: v => 100 * v, domain: [0, 100], ticks: 5 },
        marks: [Plot.barY(rows, Plot.stackY({ x: "x", y: "y", ...common, insetLeft: 0.5, insetRight: 0.5 }))],
      });
    const title = data.sweep && horizontal ? `Median shares by ${label}` : data.sweep ? "Median shares" : "By core";
    box.replaceChildren(legend(parts.map(p => [p, `var(--${p})`]), true), chart, make("p", { className: "caption", textContent: `${title}: V = executed + stall + kernel + waiting.` }));
  }

  // --- two paths ---

  function heat() {
    const box = at("heat"), metric = metricOf(state.metric);
    if (!box || !metric) return;
    const x = state.x, y = varying.find(p => p !== x), w = width(box);
    const cells = grouped(metric, { x, lines: [y], folded: [] }).map(g => ({ ...g, yText: g.key.slice(g.key.indexOf("=") + 1) }));
    const sorted = p => data.paths[p].numbers ? d3.sort(data.paths[p].values, v => data.paths[p].numbers[data.paths[p].values.indexOf(v)]) : data.paths[p].values;
    const xs = sorted(x), ys = sorted(y), positive = cells.every(c => c.y > 0);
    const log = positive && d3.max(cells, c => c.y) / d3.min(cells, c => c.y) > 10;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const roomy = w / xs.length > 54;
    const light = c => { const s = d3.extent(cells, d => log ? Math.log(d.y) : d.y), t = ((log ? Math.log(c.y) : c.y) - s[0]) / ((s[1] - s[0]) || 1); return dark ? t > 0.6 : t < 0.55; };
    const chart = Plot.plot({
      width: w, height: 60 + Math.max(120, Math.min(30 * ys.length, 480)), marginLeft: Math.min(150, 30 + 7 * d3.max(ys, v => v.length)), marginRight: 18, marginBottom: 42, padding: 0.03, style: { fontSize: "12px" },
      x: { label: data.paths[x].name, domain: xs, ticks: thin(xs, ticksFor(w)) }, y: { label: data.paths[y].name, domain: ys.slice().reverse(), ticks: thin(ys, 24) },
      color: { type: log ? "log" : "linear", interpolate: dark ? d3.piecewise(d3.interpolateLab, ["#20303f", "#3f7fb5", "#d7ecff"]) : d3.piecewise(d3.interpolateLab, ["#eaf2fa", "#7fb0d8", "#123f6e"]) },
      marks: [
        Plot.cell(cells, { x: "text", y: "yText", fill: "y", title: c => `${data.paths[x].short} ${c.text}, ${data.paths[y].short} ${c.yText}\nmedian ${digits(c.y)} ${metric.u}, ${c.n} runs`, tip: true }),
        roomy ? Plot.text(cells, { x: "text", y: "yText", text: c => metric.u ? digits(c.y) : short(c.y), fill: c => light(c) ? (dark ? "#0b1116" : "#16202a") : "#ffffff", fontSize: 11, pointerEvents: "none" }) : null,
      ],
    });
    const rest = varying.filter(p => p !== x && p !== y).map(p => data.paths[p].name);
    box.replaceChildren(chart, make("p", { className: "caption", textContent: `Median of ${metric.name}${metric.u ? ` (${metric.u})` : ""}${log ? ", logarithmic colours" : ""}${rest.length ? `, over ${rest.join(", ")}` : ""}.` }));
  }

  // --- error against cost ---

  function pareto() {
    const box = at("pareto"), section = at("cost");
    if (!box) return;
    const found = data.errors[state.metric];
    section.hidden = !found;
    if (!found) return;
    const rows = found.rows.map(r => ({ ...r, percent: 100 * r.error })), w = width(box);
    const above = rows.filter(r => r.percent > 0), log = above.length > 0 && d3.max(above, r => r.percent) / d3.min(above, r => r.percent) > 30 && above.length === rows.length;
    const front = d3.sort(rows.filter(r => r.front), r => r.cost);
    const chart = Plot.plot({
      width: w, height: Math.round(Math.max(240, Math.min(340, w * 0.36))), marginLeft: 62, marginRight: 18, marginBottom: 42, style: { fontSize: "12px" },
      x: { label: "host processor time of a run (s)", grid: true, nice: true, ticks: ticksFor(w) }, y: { label: "error (%)", type: log ? "log" : "linear", grid: true, nice: true },
      marks: [
        Plot.line(front, { x: "cost", y: "percent", stroke: "var(--c0)", curve: "step-after", strokeOpacity: 0.6 }),
        Plot.dot(rows, { x: "cost", y: "percent", fill: r => r.front ? "var(--c0)" : "var(--c7)", r: r => r.front ? 4.5 : 3, title: r => `${r.label}\nerror ${digits(r.percent)} %\n${digits(r.cost)} s`, tip: true }),
      ],
    });
    box.replaceChildren(chart, make("p", { className: "caption", textContent: `Error of ${state.metric}: ${found.kind}. On the line: what nothing else beats in both error and cost.` }));
    at("pareto-words").replaceChildren(make("p", { textContent: `Best of their cost: ${front.slice(0, 6).map(r => `${r.label} (${digits(r.percent)} % for ${digits(r.cost)} s)`).join("; ")}.` }));
  }

  // --- tables ---

  const csvField = v => /[",\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v;

  function tableOf(table, box, raw) {
    const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
    const texts = rows.map(r => [...r.cells].map(c => c.textContent));
    const value = (i, c) => raw ? raw(i, c, texts[i][c]) : texts[i][c];
    const compare = (a, b) => {
      const [x, y] = [parseFloat(a), parseFloat(b)];
      if (!isNaN(x) && !isNaN(y) && x !== y) return x - y;
      return isNaN(x) === isNaN(y) ? String(a).localeCompare(String(b), "en", { numeric: true }) : isNaN(x) ? 1 : -1;
    };
    heads.forEach((head, c) => {
      const button = make("button", { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      button.onclick = () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach(h => h.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const order = rows.map((_, i) => i).sort((a, b) => (down ? -1 : 1) * compare(value(a, c), value(b, c)) || a - b);
        body.append(...order.map(i => rows[i]));
      };
    });
    if (!box) return;
    const count = make("span", { className: "count" });
    const tell = () => { count.textContent = `${rows.filter(r => !r.hidden).length.toLocaleString("en-US")} of ${rows.length.toLocaleString("en-US")} rows`; };
    const filter = make("input", { type: "search", placeholder: "Filter rows", ariaLabel: "Filter rows" });
    filter.oninput = () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      rows.forEach((r, i) => { const t = texts[i].join(" ").toLowerCase(); r.hidden = !words.every(x => t.includes(x)); });
      tell();
    };
    const csv = () => [heads.map(h => csvField(h.dataset.name || h.textContent.replace(/\s+/g, " ").trim())).join(","),
      ...[...body.rows].filter(r => !r.hidden).map(r => { const i = rows.indexOf(r); return texts[i].map((_, c) => csvField(String(value(i, c)))).join(","); })].join("\n") + "\n";
    const copy = make("button", { type: "button", textContent: "Copy as CSV" });
    copy.onclick = async () => {
      const text = csv();
      try { await navigator.clipboard.writeText(text); } catch {
        const area = make("textarea", { value: text });
        document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
      }
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = "Copy as CSV"; }, 1500);
    };
    box.append(filter, copy, count);
    tell();
  }

  function tables() {
    const table = at("table");
    if (table) {
      const first = data.paths.length + 2;
      const columns = data.columns.map(metricOf);
      // The figures themselves rather than their rounded texts.
      const raw = data.sweep ? (i, c, text) => {
        const m = columns[c - first];
        const v = m ? valueOf(m, i) : undefined;
        return m ? (v == null ? "" : String(v)) : text;
      } : null;
      tableOf(table, at("table-controls"), raw);
    }
    if (at("fits")) tableOf(at("fits"), null, null);
  }

  // --- all of it ---

  const times = timeCharts({ data, at, make, colour, short, digits, legend, width, ticksFor, parts });
  const profiles = profileCharts({ data, at, make, digits, legend, width });
  function draw() { headline(); shares(); heat(); pareto(); profiles.draw(); times.draw(); }

  controls();
  draw();
  tables();
  let drawn = innerWidth, waiting = 0;
  addEventListener("resize", () => {
    if (innerWidth === drawn) return;
    drawn = innerWidth;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(draw);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  document.documentElement.dataset.ready = "yes";
})();
