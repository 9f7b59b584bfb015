// Files as marks on a canvas, along two columns of the table, coloured by a third.
class Plot {
  constructor(data, columns, onPick) {
    Object.assign(this, {data, columns, rows: [], marks: [], x: null, y: null, by: null});
    this.box = document.getElementById("plot");
    this.canvas = this.box.querySelector("canvas");
    this.tip = document.getElementById("tip");
    this.keys = document.getElementById("keys");
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    addEventListener("beforeprint", () => this.draw());
    this.canvas.addEventListener("pointermove", event => this.point(event));
    this.canvas.addEventListener("pointerleave", () => { this.tip.hidden = true; });
    this.canvas.addEventListener("click", event => {
      const found = this.nearest(event);
      if (found) onPick(found.at);
    });
  }
  show(rows) { this.rows = rows; this.draw(); }
  axis(column, start, end) {
    if (!column.numeric) {
      const places = new Map(column.values.map((value, at) => [value, at]));
      const room = (end - start) / column.values.length;
      const at = row => places.has(column.texts[row]) ? start + (places.get(column.texts[row]) + 0.5) * room : NaN;
      const fits = Math.max(1, Math.ceil(60 / Math.abs(room)));
      return {at, ticks: column.values.map((value, i) => [start + (i + 0.5) * room, value]).filter((_, i) => i % fits === 0)};
    }
    const known = this.rows.map(row => column.numbers[row]).filter(value => !Number.isNaN(value));
    let low = Infinity, high = -Infinity;
    for (const value of known) { low = Math.min(low, value); high = Math.max(high, value); }
    if (low > high) return {at: () => NaN, ticks: []};
    const log = low > 0 && high / low > 8;
    const turn = log ? Math.log10 : value => value;
    let from = turn(low), to = turn(high);
    const room = (to - from || Math.abs(to) || 1) * 0.05;
    from -= room; to += room;
    const place = value => start + (turn(value) - from) / (to - from) * (end - start);
    return {at: row => place(column.numbers[row]),
      ticks: Plot.ticks(from, to, log).map(value => [place(value), Plot.short(value) + column.unit])};
  }
  static ticks(from, to, log) {
    if (log) {
      const found = [];
      for (let power = Math.floor(from); power <= to; power++)
        for (const step of to - from > 2 ? [1, 3] : [1, 2, 5]) found.push(step * 10 ** power);
      return found.filter(value => Math.log10(value) >= from && Math.log10(value) <= to);
    }
    const rough = (to - from) / 6, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map(each => each * power).find(each => each >= rough * 0.999);
    const found = [];
    for (let at = Math.ceil(from / step); at * step <= to; at++) found.push(Number((at * step).toPrecision(12)));
    return found;
  }
  static short(value) {
    return value.toLocaleString("en", {notation: Math.abs(value) >= 1e4 ? "compact" : "standard", maximumSignificantDigits: 4});
  }
  colours() {
    const style = getComputedStyle(document.documentElement);
    return name => style.getPropertyValue(`--${name}`).trim();
  }
  inks(of) {
    const by = this.by;
    if (!by) return {ink: () => of("c0"), keys: []};
    if (!by.numeric || by.values.length <= 7) {
      const places = new Map(by.values.map((value, at) => [value, at]));
      const ink = row => by.texts[row] === "" ? of("faint") : of(`c${places.get(by.texts[row]) % 7}`);
      return {ink, keys: by.values.slice(0, 14).map((value, at) => [of(`c${at % 7}`), value])};
    }
    const sorted = by.numbers.filter(value => !Number.isNaN(value)).sort((one, other) => one - other);
    const low = sorted[0], high = sorted.at(-1);
    const shade = share => `color-mix(in oklab, ${of("c0")} ${Math.round(100 - share * 100)}%, ${of("c4")})`;
    const ink = row => Number.isNaN(by.numbers[row]) ? of("faint") : shade((by.numbers[row] - low) / (high - low || 1));
    return {ink, keys: [[shade(0), Plot.short(low)], [shade(0.5), Plot.short((low + high) / 2)], [shade(1), Plot.short(high)]]};
  }
  draw() {
    const {canvas, x, y} = this, width = canvas.clientWidth, height = canvas.clientHeight;
    if (!x || !width) return;
    const ratio = devicePixelRatio || 1;
    canvas.width = width * ratio; canvas.height = height * ratio;
    const pen = canvas.getContext("2d"), of = this.colours();
    pen.scale(ratio, ratio);
    pen.font = "13px system-ui, sans-serif";
    const left = 64, bottom = height - 44, right = width - 14;
    const across = this.axis(x, left, right), up = this.axis(y, bottom, 14);
    this.lines(pen, of, across, up, {left, right, bottom, top: 14});
    const {ink, keys} = this.inks(of);
    this.marks = [];
    const size = this.rows.length > 2000 ? 2 : 4;
    for (const at of this.rows) {
      const mark = {at, x: across.at(at), y: up.at(at)};
      if (Number.isNaN(mark.x) || Number.isNaN(mark.y)) continue;
      this.marks.push(mark);
      pen.fillStyle = ink(at);
      pen.globalAlpha = 0.75;
      pen.fillRect(mark.x - size, mark.y - size, size * 2, size * 2);
    }
    pen.globalAlpha = 1;
    this.circle(pen, of);
    this.keys.replaceChildren(...keys.map(([colour, text]) => {
      const key = make("span", text);
      key.style.setProperty("--key", colour);
      return key;
    }));
    canvas.setAttribute("aria-label", `${this.marks.length} files: ${y.name} against ${x.name}` +
      (this.by ? `, coloured by ${this.by.name}` : "") + "; the table below holds the same files");
  }
  lines(pen, of, across, up, {left, right, bottom, top}) {
    pen.strokeStyle = of("line"); pen.fillStyle = of("ink"); pen.lineWidth = 1;
    pen.textAlign = "center";
    let free = -Infinity;
    for (const [place, text] of across.ticks) {
      pen.strokeRect(place, top, 0, bottom - top);
      const half = pen.measureText(text).width / 2;
      if (place - half < free) continue;
      pen.fillText(text, Math.min(place, right - half), bottom + 18);
      free = place + half + 8;
    }
    pen.fillText(this.x.name, (left + right) / 2, bottom + 38);
    pen.textAlign = "right";
    for (const [place, text] of up.ticks) {
      pen.strokeRect(left, place, right - left, 0);
      pen.fillText(text.slice(0, 8), left - 6, place + 4);
    }
    pen.save();
    pen.translate(13, (top + bottom) / 2);
    pen.rotate(-Math.PI / 2);
    pen.textAlign = "center";
    pen.fillText(this.y.name, 0, 0);
    pen.restore();
  }
  circle(pen, of) {
    for (const mark of this.marks) {
      if (this.data.rows[mark.at][0] !== "to ship") continue;
      pen.strokeStyle = of("ink"); pen.lineWidth = 2.5;
      pen.beginPath(); pen.arc(mark.x, mark.y, 10, 0, 7); pen.stroke();
    }
  }
  nearest(event) {
    const {offsetX: x, offsetY: y} = event;
    let best = null, least = 14;
    for (const mark of this.marks) {
      const far = Math.hypot(mark.x - x, mark.y - y);
      if (far < least) { best = mark; least = far; }
    }
    return best;
  }
  point(event) {
    const found = this.nearest(event);
    this.tip.hidden = !found;
    if (!found) return;
    const row = this.data.rows[found.at];
    this.tip.textContent = this.columns.filter(each => row[each.at] !== "").slice(0, 12)
      .map(each => `${each.name}: ${row[each.at]}`).join("\n");
    this.tip.style.left = `${Math.max(0, Math.min(found.x + 14, this.box.clientWidth - this.tip.offsetWidth))}px`;
    this.tip.style.top = `${found.y + 14}px`;
  }
}
