// One code cell on the page: an editor with Run, Stop, Restart and Reset, and a line that says what is going on.
//
// Streamlit calls the exported function again whenever `data` changes; the editor of a place is made once and kept, so
// that a rerun of the page never touches what a student is typing. Code leaves the browser only with Run (and the
// second button, where the page has one). What was typed and not run is kept in this tab.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

const places = new WeakMap();

// A press that falls into a page that is just drawn anew is dropped on its way. So it is sent again until the page says
// that it has seen it; the page obeys each number once.
const AGAIN_MS = 1500;
const MOST_SENT = 6;

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--cell-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--cell-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--cell-number)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--cell-comment)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--cell-function)" },
  { tag: [tags.definition(tags.className), tags.className], color: "var(--cell-function)" },
]);

// Here and not in the style sheet: the editor's own rules are as specific as those there, and come later.
const look = EditorView.theme({
  "&": { color: "var(--st-code-text-color, var(--st-text-color))", fontSize: "var(--st-code-font-size, 0.82rem)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--st-code-font, monospace)", lineHeight: "1.5" },
  ".cm-content": { padding: "0.6rem 0", caretColor: "currentColor" },
  ".cm-cursor": { borderLeftColor: "currentColor" },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--cell-comment)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, currentColor 6%, transparent)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--st-primary-color) 28%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--st-primary-color) 24%, transparent)" },
});

function draftName(cell) {
  return `erica-draft:${cell}`;
}

function remembered(cell) {
  try {
    return sessionStorage.getItem(draftName(cell));
  } catch {
    return null; // storage is switched off in this browser: drafts last as long as the page
  }
}

function remember(cell, code, original) {
  try {
    if (code === original) sessionStorage.removeItem(draftName(cell));
    else sessionStorage.setItem(draftName(cell), code);
  } catch {
    // as above, or full
  }
}

class CodeCell {
  constructor(root) {
    this.root = root;
    this.find = (name) => root.querySelector(`[data-part="${name}"]`);
    for (const name of ["run", "second", "stop", "restart"]) {
      this.find(name).addEventListener("click", () => this.press(name));
    }
    this.find("reset").addEventListener("click", () => this.reset());
  }

  show({ data, setTriggerValue }) {
    const isNew = !this.data || this.data.cell !== data.cell;
    this.data = data;
    this.send = setTriggerValue;
    if (isNew) this.edit(remembered(data.cell) ?? data.code);
    const busy = data.state !== "idle";
    this.find("run").hidden = busy;
    this.find("run").disabled = !data.runnable;
    this.find("second").hidden = busy || !data.second;
    this.find("second").disabled = !data.runnable;
    this.find("second").textContent = data.second ?? "";
    this.find("run-label").textContent = data.first ?? "Run";
    this.find("stop").hidden = !busy;
    this.find("restart").hidden = !data.restartable;
    const status = this.find("status");
    if (status.textContent !== data.status) status.textContent = data.status;
    status.dataset.tone = data.tone;
    this.root.querySelector(".cell").dataset.state = data.state;
    this.showReset();
  }

  edit(code) {
    const changed = EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      remember(this.data.cell, this.code(), this.data.original);
      this.showReset();
    });
    const run = () => (this.data.runnable && this.data.state === "idle" ? this.press("run") : true);
    const state = EditorState.create({
      doc: code,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run }, { key: "Shift-Enter", run }])),
        lineNumbers(), highlightActiveLine(), highlightActiveLineGutter(), drawSelection(), history(),
        indentOnInput(), indentUnit.of("    "), bracketMatching(), closeBrackets(),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        python(), syntaxHighlighting(colours), look, EditorView.lineWrapping, changed,
        EditorView.contentAttributes.of({
          "aria-label": `${this.data.label}. Control and Enter run it; Escape, then Tab leaves the editor.`,
        }),
      ],
    });
    if (this.view) this.view.setState(state);
    else this.view = new EditorView({ state, parent: this.find("editor"), root: this.root.getRootNode() });
  }

  code() {
    return this.view.state.doc.toString();
  }

  press(name) {
    const number = Math.max(Date.now(), (this.number ?? 0) + 1, (this.data.seen ?? 0) + 1);
    this.number = number;
    const code = name === "run" || name === "second" ? { code: this.code() } : {};
    this.tell(name, { number, ...code }, MOST_SENT);
    return true;
  }

  tell(name, pressed, left) {
    this.send(name, pressed);
    setTimeout(() => {
      if (left > 1 && this.view && this.data.seen < pressed.number) this.tell(name, pressed, left - 1);
    }, AGAIN_MS);
  }

  reset() {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: this.data.original } });
    this.view.focus();
  }

  showReset() {
    this.find("reset").hidden = this.code() === this.data.original;
  }

  close() {
    this.view?.destroy();
    this.view = null;
  }
}

export default function render(component) {
  const root = component.parentElement;
  let cell = places.get(root);
  if (!cell) {
    cell = new CodeCell(root);
    places.set(root, cell);
  }
  cell.show(component);
  return () => {
    cell.close();
    places.delete(root);
  };
}
