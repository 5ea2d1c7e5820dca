// The row of buttons above the text, and the small line where a link's address is typed.
import { commands, insideOf, linkRange, markActive, setLink } from "./commands.js";
import { icon } from "./icons.js";
import { safeHref, schema } from "./schema.js";

const { nodes, marks } = schema;
const BUTTONS = [
  ["strong", "Chữ đậm (Ctrl+B)", (state) => markActive(state, marks.strong)],
  ["em", "Chữ nghiêng (Ctrl+I)", (state) => markActive(state, marks.em)],
  ["u", "Gạch chân (Ctrl+U)", (state) => markActive(state, marks.u)],
  ["s", "Gạch ngang chữ", (state) => markActive(state, marks.s)],
  ["heading", "Tiêu đề", (state) => insideOf(state, nodes.heading)],
  ["subheading", "Tiêu đề nhỏ", (state) => insideOf(state, nodes.subheading)],
  ["bullet", "Danh sách gạch đầu dòng", (state) => insideOf(state, nodes.bullet_list)],
  ["ordered", "Danh sách đánh số", (state) => insideOf(state, nodes.ordered_list)],
  ["quote", "Trích lời", (state) => insideOf(state, nodes.blockquote)],
  ["link", "Liên kết", (state) => markActive(state, marks.link)],
  ["undo", "Hoàn tác (Ctrl+Z)"],
  ["redo", "Làm lại (Ctrl+Y)"],
];
const TEXT = {
  simple: "Soạn thảo đơn giản",
  address: "Địa chỉ liên kết",
  put: "Gắn",
  take: "Bỏ liên kết",
  wrong: "Ghi địa chỉ trang, ví dụ haiphong.gov.vn",
};

export function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function linkLine(view, id) {
  const input = element("input", { class: "input", id: `${id}-dia-chi`, type: "text", inputmode: "url", autocomplete: "off", "data-nosave": "", "aria-describedby": `${id}-dia-chi-loi` });
  const label = element("label", { class: "small b", for: input.id }, TEXT.address);
  const error = element("p", { class: "err", id: `${id}-dia-chi-loi`, hidden: "" }, TEXT.wrong);
  const put = element("button", { type: "button", class: "btn btn-sm" }, TEXT.put);
  const take = element("button", { type: "button", class: "btn btn-line btn-sm" }, TEXT.take);
  const line = element("div", { class: "editor-link", hidden: "" }, label, input, put, take, error);

  const close = () => {
    line.hidden = true;
    view.focus();
  };
  const apply = () => {
    const href = safeHref(input.value);
    error.hidden = Boolean(href);
    input.setAttribute("aria-invalid", String(!href));
    if (!href) return input.focus();
    setLink(href)(view.state, view.dispatch);
    close();
  };
  put.addEventListener("click", apply);
  take.addEventListener("click", () => {
    setLink(null)(view.state, view.dispatch);
    close();
  });
  line.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target === input) apply();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // What is typed here is no change of the text.
  line.addEventListener("input", (event) => event.stopPropagation());

  const open = () => {
    const { from, to, empty } = view.state.selection;
    let link = linkRange(view.state)?.link;
    if (!empty) view.state.doc.nodesBetween(from, to, (node) => void (link = link || marks.link.isInSet(node.marks)));
    input.value = link ? link.attrs.href : "";
    take.hidden = !link;
    error.hidden = true;
    input.removeAttribute("aria-invalid");
    line.hidden = false;
    input.focus();
  };
  return { line, toggle: () => (line.hidden ? open() : close()) };
}

export function toolbar(view, { id, name, onSimple }) {
  const bar = element("div", { class: "editor-bar", role: "toolbar", "aria-label": `Định dạng phần ${name}`, "aria-controls": view.dom.id });
  const link = linkLine(view, id);

  const items = BUTTONS.map(([command, label, active]) => {
    const button = element("button", { type: "button", "aria-label": label, title: label, tabindex: "-1" }, icon(command));
    if (active) button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      if (command === "link") return link.toggle();
      commands[command](view.state, view.dispatch, view);
      view.focus();
    });
    return { button, command, active };
  });
  const simple = element("button", { type: "button", class: "editor-simple", tabindex: "-1" }, TEXT.simple);
  simple.addEventListener("click", onSimple);

  const buttons = [...items.map(({ button }) => button), simple];
  buttons[0].tabIndex = 0;
  bar.append(...buttons);
  // Keeping the focus in the text keeps the selection, and the phone's keyboard, where they are.
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  });

  const update = (state) => {
    for (const { button, command, active } of items) {
      if (active) button.setAttribute("aria-pressed", String(active(state)));
      else button.setAttribute("aria-disabled", String(!commands[command](state)));
    }
  };
  update(view.state);
  return { bar, line: link.line, update };
}
