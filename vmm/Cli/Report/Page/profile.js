// Where time goes, by function, line and memory; page.js calls draw() of what this makes.
window.profileCharts = tools => {
  "use strict";
  const { data, at, make, digits, legend, width } = tools;
  const all = "cycles", least = 5e-4;
  const chosen = data.profiles.map(() => all);
  const ink = part => `var(--part-${part})`;
  const percent = v => `${(100 * v).toFixed(1)} %`;
  // Both ends tell: what it is, and the line.
  const cut = (text, most) => text.length > most ? `${text.slice(0, most - 9)}\u2026${text.slice(-8)}` : text;

  // A bar a row, of the parts of its cycles; the part that was chosen lies first.
  function bars(box, profile, rows, by, title) {
    if (!box) return;
    const part = profile.parts.indexOf(by);
    const weight = row => part < 0 ? d3.sum(row.of) : row.of[part];
    const some = rows.filter(row => weight(row) > 0);
    const top = d3.sort(some, (a, b) => weight(b) - weight(a)).filter((row, i) => i === 0 || weight(row) >= least * profile.busy).slice(0, data.bars);
    if (!top.length) {
      box.replaceChildren(make("p", { className: "caption", textContent: `${title}: none.` }));
      return;
    }
    const w = width(box), letters = Math.max(16, Math.floor(w * 0.42 / 7));
    const order = part < 0 ? profile.parts : [by, ...profile.parts.filter(p => p !== by)];
    const cells = top.flatMap((row, i) => row.of.map((v, k) => ({ i, row, part: profile.parts[k], name: profile.names[k], v })).filter(c => c.v > 0));
    const longest = d3.max(top, row => Math.min(letters, row.name.length));
    const chart = Plot.plot({
      width: w, height: 56 + 22 * top.length, marginTop: 8, marginLeft: 24 + 7 * longest, marginRight: 58, marginBottom: 44, style: { fontSize: "12px" },
      x: { label: "share of cycles without waiting (%)", labelOffset: 36, transform: v => 100 * v, grid: true, ticks: 5 },
      y: { label: null, domain: top.map((_, i) => i), tickFormat: i => cut(top[i].name, letters) },
      marks: [Plot.barX(cells, Plot.stackX({
        x: c => c.v / profile.busy, y: "i", z: "part", fill: c => ink(c.part), order, insetTop: 1, insetBottom: 1, tip: true,
        title: c => `${c.row.name}${c.row.where ? ` (${c.row.where})` : ""}\n${c.name} ${digits(c.v)} cycles, ${percent(c.v / profile.busy)}`,
      })),
      Plot.text(top, {
        x: row => d3.sum(row.of) / profile.busy, y: (_, i) => i, text: row => percent(weight(row) / profile.busy), dx: 5, textAnchor: "start", fill: "var(--soft)",
      })],
    });
    box.replaceChildren(make("p", { className: "chart-title", textContent: title }), chart);
  }

  function draw() {
    data.profiles.forEach((profile, i) => {
      const by = chosen[i], sorted = by === all ? "cycles" : `cycles of ${profile.names[profile.parts.indexOf(by)]}`;
      const stack = at(`profile-stack-${i}`);
      bars(stack, profile, [{ name: "all", where: "", of: profile.totals }], by, "All cores, by cause");
      stack.prepend(legend(profile.parts.map((p, k) => [profile.names[k], ink(p)]), true));
      bars(at(`profile-functions-${i}`), profile, profile.functions, by, `Functions with the most ${sorted}`);
      bars(at(`profile-lines-${i}`), profile, profile.lines, by, `Lines with the most ${sorted}`);
      bars(at(`profile-data-${i}`), profile, profile.data, by, `Memory with the most ${sorted} that misses caused`);
    });
  }

  data.profiles.forEach((profile, i) => {
    const choose = make("select", { id: `profile-by-${i}` });
    choose.append(make("option", { value: all, textContent: "all cycles" }));
    profile.parts.forEach((p, k) => choose.append(make("option", { value: p, textContent: profile.names[k] })));
    choose.onchange = () => { chosen[i] = choose.value; draw(); };
    at(`profile-controls-${i}`).append(make("label", {}, "The most of", choose));
  });

  return { draw };
};
