// Turns every <textarea data-editor> into a rich-text field; the textarea keeps the value that is sent.
import { baseKeymap } from "prosemirror-commands";
import { history } from "prosemirror-history";
import { inputRules, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { EditorState, TextSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { keys } from "./commands.js";
import { schema, withoutStyle } from "./schema.js";
import { element, toolbar } from "./toolbar.js";
import { hasFormat, readValue, toHtml, toText } from "./value.js";

const CHOICE = "soan-thao";
const SIMPLE = "don-gian";
const TEXT = {
  rich: "Soạn thảo có định dạng",
  loses: "Sửa ở đây thì chữ đậm, tiêu đề, liên kết thành chữ thường.",
};

const memory = {
  get simple() {
    try {
      return localStorage.getItem(CHOICE) === SIMPLE;
    } catch {
      return false;
    }
  },
  set simple(on) {
    try {
      if (on) localStorage.setItem(CHOICE, SIMPLE);
      else localStorage.removeItem(CHOICE);
    } catch {
      // Private windows may refuse storage; the choice then lasts as long as the page.
    }
  },
};

function plugins() {
  const { bullet_list, ordered_list, blockquote } = schema.nodes;
  return [
    inputRules({
      rules: [
        wrappingInputRule(/^\s*[-*•]\s$/, bullet_list),
        wrappingInputRule(/^1[.)]\s$/, ordered_list),
        wrappingInputRule(/^\s*>\s$/, blockquote),
      ],
    }),
    history(),
    keymap(keys),
    keymap(baseKeymap),
  ];
}

function ariaOf(area, label) {
  const aria = { role: "textbox", "aria-multiline": "true", id: `${area.id}-soan`, class: "editor-text" };
  if (label) aria["aria-labelledby"] = label.id;
  else aria["aria-label"] = area.getAttribute("aria-label") || area.name;
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"])
    if (area.hasAttribute(name)) aria[name] = area.getAttribute(name);
  if (area.required) aria["aria-required"] = "true";
  if (area.readOnly || area.disabled) aria["aria-readonly"] = "true";
  return aria;
}

class Field {
  constructor(area) {
    this.area = area;
    area.id = area.id || `soan-${Math.random().toString(36).slice(2)}`;
    this.label = area.labels?.[0] ?? null;
    if (this.label && !this.label.id) this.label.id = `${area.id}-nhan`;
    // A hidden required field would stop the form without a word; the server asks for the text anyway.
    const aria = ariaOf(area, this.label);
    area.required = false;

    this.box = element("div", { class: "editor" });
    this.plain = element("div", { class: "editor-plain" });
    this.note = element("p", { class: "tip", hidden: "" }, TEXT.loses);
    const back = element("button", { type: "button", class: "btn btn-quiet btn-sm" }, TEXT.rich);
    this.plain.append(back, this.note);
    area.after(this.box, this.plain);

    this.view = new EditorView(
      { mount: this.box.appendChild(element("div", {})) },
      {
        state: EditorState.create({ doc: readValue(area.value), plugins: plugins() }),
        editable: () => !area.readOnly && !area.disabled,
        attributes: aria,
        transformPastedText: (text) => text.normalize("NFC"),
        transformPastedHTML: withoutStyle,
        dispatchTransaction: (tr) => this.apply(tr),
      },
    );
    this.view.dom.style.minHeight = `${area.rows * 1.62 + 1.2}em`;
    this.known = area.value;
    this.rich = null;

    const name = this.label ? this.label.firstChild.textContent.trim() : "này";
    this.tools = toolbar(this.view, { id: area.id, name, onSimple: () => chooseAll(true, this) });
    this.box.prepend(this.tools.bar, this.tools.line);
    back.addEventListener("click", () => chooseAll(false, this));
    this.listen();
    this.show(memory.simple);
  }

  listen() {
    const { area, view } = this;
    area.focus = (options) => (this.simple ? HTMLElement.prototype.focus.call(area, options) : view.focus());
    this.label?.addEventListener("click", () => this.simple || view.focus());
    area.addEventListener("field:set", () => this.take());
    area.addEventListener("input", () => {
      if (this.simple) this.rich = null;
    });
    view.dom.addEventListener("compositionend", () => {
      // The last syllable reaches the document only after this event.
      setTimeout(() => area.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true })), 60);
    });
    view.dom.addEventListener("blur", () => area.dispatchEvent(new FocusEvent("blur")));
    area.form?.addEventListener("reset", () => setTimeout(() => this.take()));
    // Formatting that was only hidden, not edited, is still sent.
    area.form?.addEventListener("formdata", (event) => {
      if (this.rich !== null && area.name) event.formData.set(area.name, this.rich);
    });
    addEventListener("pageshow", () => this.simple || area.value === this.known || this.take());
  }

  apply(tr) {
    this.view.updateState(this.view.state.apply(tr));
    this.tools.update(this.view.state);
    if (!tr.docChanged || tr.getMeta("outside")) return;
    this.known = toHtml(this.view.state.doc);
    if (this.known === this.area.value) return;
    this.area.value = this.known;
    this.area.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: this.view.composing }));
  }

  // The value was changed by another script (a restored draft, a chosen version).
  take() {
    const doc = readValue(this.area.value);
    const tr = this.view.state.tr.replaceWith(0, this.view.state.doc.content.size, doc.content);
    this.view.dispatch(tr.setSelection(TextSelection.atStart(tr.doc)).setMeta("outside", true));
    this.known = this.area.value;
    this.rich = null;
    if (this.simple) this.hideFormat();
  }

  hideFormat() {
    const { doc } = this.view.state;
    this.note.hidden = !hasFormat(doc);
    this.rich = this.area.value ? this.known : null;
    this.area.value = toText(doc);
  }

  show(simple) {
    if (simple === this.simple) return;
    const first = this.simple === undefined;
    this.simple = simple;
    this.area.hidden = !simple;
    this.plain.hidden = !simple;
    this.box.hidden = simple;
    if (simple) this.hideFormat();
    else if (!first) {
      if (this.rich === null) this.take();
      else this.area.value = this.rich;
      this.rich = null;
    }
  }
}

const fields = [];

function chooseAll(simple, from) {
  memory.simple = simple;
  for (const field of fields) field.show(simple);
  from.area.focus();
}

for (const area of document.querySelectorAll("textarea[data-editor]")) fields.push(new Field(area));

// Error summaries and checklists link to the textarea, which is hidden: lead to the text instead.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#']");
  const field = link && fields.find(({ area, simple }) => !simple && `#${area.id}` === link.getAttribute("href"));
  if (!field) return;
  event.preventDefault();
  field.view.focus();
  field.box.scrollIntoView({ block: "center" });
});
