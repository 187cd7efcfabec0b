// The concept map: boxes laid out by dagre, drawn as SVG, worked by mouse, finger or keys; the same as a list.
//
// Streamlit calls the exported function again whenever `data` changes. What is drawn is made anew only when concepts or
// edges differ; a new selection alone changes one attribute. Names come from course files: they are only ever set as
// text, never as markup.
import { Graph, layout } from "@dagrejs/dagre";

const SVG = "http://www.w3.org/2000/svg";
const [PAD_X, PAD_Y, LINE, WIDEST, MOST_LINES] = [12, 9, 18, 172, 3];
const [LEAST_SCALE, MOST_SCALE, STEP] = [0.15, 2, 1.2];
const [MARGIN, GAP, ASPECT] = [14, 26, 1.5]; // around the map and between groups, pixels; wished width to height
const HEAD = 8; // length of an arrow's head, pixels
const MOST_EXACT = 150; // boxes up to which the slower, shorter arrangement is computed
const MOST_SCREENS = 2; // widths of the window that a downward map may take
const NARROW = 560; // CSS pixels below which the map runs downwards
const WORDS = { known: "known", ready: "ready to learn", new: "" };
const places = new WeakMap();

function element(name, attributes = {}, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

const ruler = document.createElement("canvas").getContext("2d");

// Returns the lines of a name, none wider than WIDEST pixels; what does not fit ends in an ellipsis.
function wrapped(name, font) {
  ruler.font = font;
  const width = (text) => ruler.measureText(text).width;
  const lines = [];
  let line = "";
  for (const word of name.split(/\s+/).filter(Boolean)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && width(longer) > WIDEST) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  const shown = lines.slice(0, MOST_LINES).map((each) => {
    let cut = each;
    while (cut && width(cut) > WIDEST) cut = cut.slice(0, -1);
    return cut === each ? each : `${cut.slice(0, -1)}…`;
  });
  if (lines.length > MOST_LINES) shown[MOST_LINES - 1] = `${shown[MOST_LINES - 1].replace(/…$/, "")}…`;
  return { lines: shown, width: Math.max(...shown.map(width)) };
}

// Returns the groups of concepts that edges join, largest first, and the ids of those that none touches.
function grouped(nodes, edges) {
  const group = new Map(nodes.map((node) => [node.id, [node.id]]));
  for (const { source, target } of edges) {
    const [one, other] = [group.get(source), group.get(target)];
    if (one === other) continue;
    const [large, small] = one.length < other.length ? [other, one] : [one, other];
    for (const id of small) group.set(id, large);
    large.push(...small);
  }
  const all = [...new Set(group.values())].sort((one, other) => other.length - one.length);
  const joined = all.filter((ids) => ids.length > 1);
  const groups = joined.map((ids) => ({ ids, edges: edges.filter((edge) => group.get(edge.source) === ids) }));
  const alone = all.filter((ids) => ids.length === 1).flat();
  return [groups, alone];
}

class ConceptMap {
  constructor(root) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.svg = this.part("svg");
    this.scroll = this.part("scroll");
    this.scale = 1;
    this.part("as-graph").addEventListener("click", () => this.showAs("graph"));
    this.part("as-list").addEventListener("click", () => this.showAs("list"));
    this.part("in").addEventListener("click", () => this.zoom(this.scale * STEP));
    this.part("out").addEventListener("click", () => this.zoom(this.scale / STEP));
    this.part("fit").addEventListener("click", () => this.fit());
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.svg.addEventListener("pointerover", (event) => this.trace(event.target.closest(".node")));
    this.svg.addEventListener("pointerleave", () => this.trace(null));
    this.svg.addEventListener("focusin", (event) => this.trace(event.target.closest(".node")));
    this.svg.addEventListener("focusout", () => this.trace(null));
    this.drag();
    this.wide = new ResizeObserver(() => {
      const narrow = this.scroll.clientWidth < NARROW;
      if (this.data && this.scroll.clientWidth && narrow !== this.narrow) this.draw();
    });
    this.wide.observe(this.scroll);
  }

  show({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    const shape = JSON.stringify([data.nodes, data.edges, data.view]);
    this.data = data;
    this.chosen = data.selected;
    if (shape !== this.shape) {
      this.shape = shape;
      this.draw();
      this.list();
      this.legend();
    }
    this.mark();
  }

  choose(id) {
    this.chosen = id;
    this.mark(); // at once; the page follows
    this.send("chosen", id);
  }

  // --- drawing

  draw() {
    const { nodes, edges } = this.data;
    this.narrow = this.scroll.clientWidth > 0 && this.scroll.clientWidth < NARROW;
    const family = getComputedStyle(this.scroll).fontFamily;
    this.place = new Map();
    for (const node of nodes) {
      const box = wrapped(node.name, `${node.centre ? 600 : 400} 14px ${family}`);
      const size = { ...box, width: box.width + 2 * PAD_X, height: box.lines.length * LINE + 2 * PAD_Y };
      this.place.set(node.id, size);
    }
    const [groups, alone] = grouped(nodes, edges);
    // Downwards suits a narrow window, unless a row is far wider than it.
    let drawn = groups.map((group) => this.arrange(this.narrow ? "TB" : "LR", group));
    if (this.narrow && drawn.some((one) => one.width > MOST_SCREENS * this.scroll.clientWidth)) {
      drawn = groups.map((group) => this.arrange("LR", group));
    }
    const { width, height } = this.below(alone, this.packed(drawn));
    this.size = { width, height };
    this.svg.replaceChildren();
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("aria-label", this.data.label);
    this.svg.setAttribute("aria-describedby", "hint");
    this.lines = drawn.flatMap(({ edges: own, graph, x, y }) => own.map((edge) => {
      const points = graph.edge(edge.source, edge.target).points;
      return this.line(edge, points.map((point) => ({ x: point.x + x, y: point.y + y })));
    }));
    this.boxes = new Map(nodes.map((node) => [node.id, this.box(node)]));
    this.begin();
  }

  // Returns a group of boxes laid out in a direction, its places and bends counted from its own corner.
  arrange(direction, { ids, edges }) {
    this.direction = direction;
    const graph = new Graph();
    const [nodesep, ranksep] = direction === "TB" ? [12, 34] : [12, this.narrow ? 30 : 56];
    graph.setGraph({
      rankdir: direction, nodesep, ranksep, edgesep: 6,
      ranker: ids.length > MOST_EXACT ? "tight-tree" : "network-simplex",
    });
    graph.setDefaultEdgeLabel(() => ({}));
    for (const id of ids) graph.setNode(id, { ...this.place.get(id) });
    for (const edge of edges) graph.setEdge(edge.source, edge.target);
    layout(graph);
    const { width, height } = graph.graph();
    return { ids, edges, graph, width, height };
  }

  // Puts groups into columns about as high as the highest, or as makes the whole lie rather than stand; returns the size.
  packed(drawn) {
    const area = drawn.reduce((sum, { width, height }) => sum + (width + GAP) * (height + GAP), 0);
    const tallest = Math.max(0, ...drawn.map(({ height }) => height));
    const most = this.narrow ? Infinity : Math.max(tallest, Math.sqrt(area / ASPECT));
    let [x, y, widest, lowest] = [MARGIN, MARGIN, 0, 0];
    for (const one of drawn) {
      if (y > MARGIN && y + one.height > MARGIN + most) [x, y, widest] = [x + widest + GAP, MARGIN, 0];
      [one.x, one.y] = [x, y];
      for (const id of one.ids) {
        const found = one.graph.node(id);
        Object.assign(this.place.get(id), { x: found.x + x, y: found.y + y });
      }
      y += one.height + GAP;
      widest = Math.max(widest, one.width);
      lowest = Math.max(lowest, y);
    }
    return { width: x + widest + MARGIN, height: drawn.length ? lowest - GAP + MARGIN : MARGIN };
  }

  // Puts concepts without edges in rows below the others; returns the size of the whole.
  below(alone, { width, height }) {
    const room = Math.max(width, this.scroll.clientWidth || 600) - MARGIN;
    let [x, y, tallest, widest] = [MARGIN, height, 0, 0];
    for (const box of alone.map((id) => this.place.get(id))) {
      if (x > MARGIN && x + box.width > room) [x, y, tallest] = [MARGIN, y + tallest + 12, 0];
      [box.x, box.y] = [x + box.width / 2, y + box.height / 2];
      x += box.width + 12;
      widest = Math.max(widest, x);
      tallest = Math.max(tallest, box.height);
    }
    return { width: Math.max(width, widest), height: alone.length ? y + tallest + MARGIN : height };
  }

  box(node) {
    const place = this.place.get(node.id);
    const needs = this.data.edges.filter((edge) => edge.target === node.id).map((edge) => this.name(edge.source));
    const about = [node.name, WORDS[node.standing], node.centre ? "the concept chosen" : ""].filter(Boolean).join(", ");
    const made = element("g", {
      class: "node", role: "button", tabindex: "-1", "aria-pressed": "false", "data-id": node.id,
      "data-standing": node.standing, transform: `translate(${place.x - place.width / 2} ${place.y - place.height / 2})`,
      "aria-label": needs.length ? `${about}. Needs: ${needs.join(", ")}` : about,
    });
    if (node.centre) made.setAttribute("data-centre", "");
    const box = element("rect", { width: place.width, height: place.height, rx: 8 });
    if (!node.centre && node.standing === "new") {
      const tint = Math.round(3 + 27 * node.late);
      box.style.fill = `color-mix(in srgb, var(--accent) ${tint}%, var(--surface))`;
    }
    const text = element("text", { "text-anchor": "middle" });
    place.lines.forEach((line, index) => {
      text.append(element("tspan", { x: place.width / 2, y: PAD_Y + 13.5 + index * LINE }, line));
    });
    const ring = element("rect", {
      class: "ring", x: -4, y: -4, width: place.width + 8, height: place.height + 8, rx: 11,
    });
    made.append(box, ring, text, element("title", {}, node.name));
    made.addEventListener("click", () => this.moved || this.choose(node.id));
    this.svg.append(made);
    return made;
  }

  line(edge, points) {
    const [from, to] = [this.place.get(edge.source), this.place.get(edge.target)];
    const down = this.direction === "TB";
    const start = down ? { x: from.x, y: from.y + from.height / 2 } : { x: from.x + from.width / 2, y: from.y };
    const tip = down ? { x: to.x, y: to.y - to.height / 2 } : { x: to.x - to.width / 2, y: to.y };
    const end = down ? { x: tip.x, y: tip.y - HEAD } : { x: tip.x - HEAD, y: tip.y };
    // From side to side, level at each bend. dagre bends between rows, too (for labels, of which there are none), which
    // would only make waves: every other bend is left out.
    const ahead = ({ x, y }) => (down ? y > start.y && y < end.y : x > start.x && x < end.x);
    const bends = [start, ...points.filter((point, index) => index % 2 === 0 && ahead(point)), end];
    let path = `M${start.x} ${start.y}`;
    for (let index = 1; index < bends.length; index += 1) {
      const [a, b] = [bends[index - 1], bends[index]];
      const [x, y] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
      path += down ? `C${a.x} ${y} ${b.x} ${y} ${b.x} ${b.y}` : `C${x} ${a.y} ${x} ${b.y} ${b.x} ${b.y}`;
    }
    const angle = down ? 90 : 0;
    const line = element("path", { class: "edge", d: path });
    line.style.strokeWidth = `${edge.decided ? 2.8 : 0.8 + 1.7 * edge.confidence}px`; // the surer, the thicker
    const head = element("path", {
      class: "head", d: `M0 0L${-HEAD} -4.2L${-HEAD} 4.2Z`, transform: `translate(${tip.x} ${tip.y}) rotate(${angle})`,
    });
    this.svg.append(line, head);
    return { edge, parts: [line, head] };
  }

  name(id) {
    return this.data.nodes.find((node) => node.id === id)?.name ?? "";
  }

  list() {
    this.items = new Map();
    const items = this.data.nodes.map((node) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = node.name;
      button.addEventListener("click", () => this.choose(node.id));
      item.append(button);
      if (WORDS[node.standing]) {
        const mark = document.createElement("span");
        mark.className = "mark";
        mark.textContent = ` ${WORDS[node.standing]}. `;
        item.append(mark);
      }
      const needs = this.data.edges.filter((edge) => edge.target === node.id).map((edge) => this.name(edge.source));
      if (needs.length) item.append(`needs ${needs.join(", ")}`);
      this.items.set(node.id, button);
      return item;
    });
    this.part("list").replaceChildren(...items);
    this.showAs(this.as ?? "graph");
  }

  legend() {
    const kinds = this.data.legend.map(([kind, words]) => {
      const item = document.createElement("li");
      const box = document.createElement("i");
      box.dataset.kind = kind;
      item.append(box, words);
      return item;
    });
    this.part("legend").replaceChildren(...kinds);
  }

  showAs(kind) {
    this.as = kind;
    this.scroll.hidden = kind === "list";
    this.part("list").hidden = kind === "graph";
    this.root.querySelector(".zoom").hidden = kind === "list";
    this.part("hint").hidden = kind === "list";
    this.part("as-graph").setAttribute("aria-pressed", String(kind === "graph"));
    this.part("as-list").setAttribute("aria-pressed", String(kind === "list"));
  }

  // Shows which concept is chosen, and lets Tab reach one box: the chosen, the centre, or the first.
  mark() {
    const ids = this.data.nodes.map((node) => node.id);
    const centre = this.data.nodes.find((node) => node.centre)?.id;
    const focused = this.root.activeElement?.dataset?.id;
    const stop = [focused, this.chosen, centre, ids[0]].find((id) => this.boxes.has(id));
    for (const [id, box] of this.boxes) {
      box.setAttribute("aria-pressed", String(id === this.chosen));
      box.setAttribute("tabindex", id === stop ? "0" : "-1");
    }
    for (const [id, button] of this.items) button.setAttribute("aria-pressed", String(id === this.chosen));
  }

  // --- looking

  begin() {
    const wide = this.scroll.clientWidth || 700;
    const most = Math.max(320, Math.min(window.innerHeight * (this.narrow ? 0.55 : 0.68), 760));
    const whole = Math.min(wide / this.size.width, most / this.size.height, 1);
    this.zoom(whole > 0.72 ? whole : Math.max(whole, this.narrow ? 0.8 : 0.85), false);
    this.scroll.style.maxHeight = `${most}px`;
    const linked = new Set(this.data.edges.map((edge) => edge.source));
    const { nodes } = this.data;
    const first = nodes.find((node) => node.centre) ?? nodes.find((node) => linked.has(node.id)) ?? nodes[0];
    if (first) this.reveal(first.id, first.centre ? 0.62 : 0.2);
  }

  zoom(scale, steady = true) {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.scroll;
    const before = this.scale;
    this.scale = Math.min(MOST_SCALE, Math.max(LEAST_SCALE, scale));
    this.svg.setAttribute("width", this.size.width * this.scale);
    this.svg.setAttribute("height", this.size.height * this.scale);
    if (!steady) return;
    const ratio = this.scale / before; // what stands in the middle stays there
    this.scroll.scrollLeft = (scrollLeft + clientWidth / 2) * ratio - clientWidth / 2;
    this.scroll.scrollTop = (scrollTop + clientHeight / 2) * ratio - clientHeight / 2;
  }

  fit() {
    const { clientWidth } = this.scroll;
    const most = parseFloat(this.scroll.style.maxHeight);
    this.zoom(Math.min(clientWidth / this.size.width, most / this.size.height, 1), false);
  }

  // Brings a box into the window, at this share of its width where the map is wider.
  reveal(id, share) {
    const place = this.place.get(id);
    this.scroll.scrollLeft = place.x * this.scale - this.scroll.clientWidth * (this.narrow ? 0.5 : share);
    this.scroll.scrollTop = place.y * this.scale - this.scroll.clientHeight / 2;
  }

  // Marks a box, all that it needs and all that needs it.
  trace(node) {
    this.svg.classList.toggle("traced", Boolean(node));
    for (const part of this.svg.querySelectorAll(".on")) part.classList.remove("on");
    if (!node) return;
    const on = new Set([node.dataset.id]);
    for (const [from, to] of [["target", "source"], ["source", "target"]]) {
      const waiting = [node.dataset.id];
      while (waiting.length) {
        const id = waiting.pop();
        for (const { edge, parts } of this.lines) {
          if (edge[from] !== id) continue;
          for (const part of parts) part.classList.add("on");
          if (!on.has(edge[to])) {
            on.add(edge[to]);
            waiting.push(edge[to]);
          }
        }
      }
    }
    for (const id of on) this.boxes.get(id)?.classList.add("on");
  }

  drag() {
    let from = null;
    this.scroll.addEventListener("pointerdown", (event) => {
      this.moved = false;
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY, left: this.scroll.scrollLeft, top: this.scroll.scrollTop };
    });
    this.scroll.addEventListener("pointermove", (event) => {
      if (!from || !(event.buttons & 1)) return;
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > 5) this.moved = true;
      this.scroll.classList.toggle("dragging", this.moved);
      if (!this.moved) return;
      this.scroll.scrollLeft = from.left - (event.clientX - from.x);
      this.scroll.scrollTop = from.top - (event.clientY - from.y);
    });
    const end = () => {
      from = null;
      this.scroll.classList.remove("dragging");
    };
    this.scroll.addEventListener("pointerup", end);
    this.scroll.addEventListener("pointerleave", end);
    this.scroll.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoom(this.scale * (event.deltaY < 0 ? STEP : 1 / STEP));
    }, { passive: false });
  }

  // --- keys

  key(event) {
    const node = event.target.closest(".node");
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    const id = node.dataset.id;
    if (event.key === "Enter" || event.key === " ") this.choose(id);
    else if (steps[event.key]) this.focus(this.towards(id, ...steps[event.key]));
    else if (event.key === "Home") this.focus(this.data.nodes[0].id);
    else if (event.key === "End") this.focus(this.data.nodes.at(-1).id);
    else if (event.key === "+" || event.key === "=") this.zoom(this.scale * STEP);
    else if (event.key === "-") this.zoom(this.scale / STEP);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }

  focus(id) {
    const box = this.boxes.get(id);
    if (!box) return;
    for (const other of this.boxes.values()) other.setAttribute("tabindex", other === box ? "0" : "-1");
    box.focus({ preventScroll: true });
    const place = this.place.get(id);
    const [x, y] = [place.x * this.scale, place.y * this.scale];
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.scroll;
    const margin = 60;
    if (x < scrollLeft + margin || x > scrollLeft + clientWidth - margin) this.scroll.scrollLeft = x - clientWidth / 2;
    if (y < scrollTop + margin || y > scrollTop + clientHeight - margin) this.scroll.scrollTop = y - clientHeight / 2;
  }

  // Returns the nearest box in a direction; what lies aside counts as farther off.
  towards(id, dx, dy) {
    const here = this.place.get(id);
    let [best, least] = [undefined, Infinity];
    for (const [other, place] of this.place) {
      if (other === id) continue;
      const [x, y] = [place.x - here.x, place.y - here.y];
      const [ahead, aside] = [x * dx + y * dy, Math.abs(x * dy - y * dx)];
      const far = ahead + 2.5 * aside;
      if (ahead > 4 && far < least) [best, least] = [other, far];
    }
    return best;
  }

  close() {
    this.wide.disconnect();
  }
}

export default function render(component) {
  const root = component.parentElement;
  let map = places.get(root);
  if (!map) {
    map = new ConceptMap(root);
    places.set(root, map);
  }
  map.show(component);
  return () => {
    map.close();
    places.delete(root);
  };
}
