// Between what the field holds (HTML or plain text) and the document on the screen.
import { DOMParser as DocParser, DOMSerializer } from "prosemirror-model";
import { schema } from "./schema.js";

const parser = DocParser.fromSchema(schema);
const serializer = DOMSerializer.fromSchema(schema);
const { doc, paragraph, bullet_list, ordered_list, list_item, hard_break } = schema.nodes;

// The server reads a value by the same rule: anything that does not open with a block is plain text.
const HTML = /^\s*<(p|h3|h4|ul|ol|blockquote)[\s>]/i;
const BULLET = /^\s*[-*•–]\s+(?=\S)/;
const NUMBER = /^\s*\d{1,2}[.)]\s+(?=\S)/;

export const isHtml = (value) => HTML.test(value);

export function readValue(value) {
  return isHtml(value) ? fromHtml(value) : fromText(value);
}

function fromHtml(html) {
  return parser.parse(new DOMParser().parseFromString(html.normalize("NFC"), "text/html").body);
}

function paragraphOf(lines) {
  const inline = lines.flatMap((line, i) => [
    ...(i ? [hard_break.create()] : []),
    ...(line ? [schema.text(line)] : []),
  ]);
  return paragraph.create(null, inline);
}

function fromText(text) {
  const blocks = [];
  let kind = null;
  let lines = [];
  const close = () => {
    if (kind === paragraph) blocks.push(paragraphOf(lines));
    else if (kind) blocks.push(kind.create(null, lines.map((line) => list_item.create(null, paragraphOf([line])))));
    kind = null;
    lines = [];
  };
  for (const line of text.normalize("NFC").replace(/\r\n?/g, "\n").split("\n")) {
    const next = !line.trim() ? null : BULLET.test(line) ? bullet_list : NUMBER.test(line) ? ordered_list : paragraph;
    if (next !== kind) close();
    kind = next;
    if (next) lines.push(next === paragraph ? line.trim() : line.replace(next === bullet_list ? BULLET : NUMBER, "").trim());
  }
  close();
  return doc.create(null, blocks.length ? blocks : paragraph.create());
}

const isBlank = (node) => node.childCount === 1 && node.firstChild.type === paragraph && !node.firstChild.content.size;

export function toHtml(node) {
  if (isBlank(node)) return "";
  const box = document.createElement("div");
  box.append(serializer.serializeFragment(node.content));
  for (const item of box.querySelectorAll("li")) {
    const paragraphs = [...item.children].filter((child) => child.tagName === "P");
    if (paragraphs.length === 1 && paragraphs[0] === item.firstChild) paragraphs[0].replaceWith(...paragraphs[0].childNodes);
  }
  return box.innerHTML;
}

function lineOf(node) {
  let line = "";
  node.forEach((child) => {
    if (child.type === hard_break) line += "\n";
    else {
      const link = child.marks.find((mark) => mark.type.name === "link");
      const shown = child.text;
      line += link && link.attrs.href !== shown ? `${shown} (${link.attrs.href})` : shown;
    }
  });
  return line;
}

function blockText(node, indent) {
  if (node.isTextblock) return lineOf(node);
  const parts = [];
  node.forEach((child, _, i) => {
    if (child.type !== list_item) return void parts.push(blockText(child, indent));
    const bullet = node.type === ordered_list ? `${i + 1}. ` : "- ";
    const inner = [];
    child.forEach((part) => inner.push(blockText(part, `${indent}  `)));
    parts.push(indent + bullet + inner.join("\n"));
  });
  return parts.join(node.type === bullet_list || node.type === ordered_list ? "\n" : "\n\n");
}

export function toText(node) {
  const blocks = [];
  node.forEach((child) => blocks.push(blockText(child, "")));
  return blocks.join("\n\n").trim();
}

export function hasFormat(node) {
  let found = false;
  node.descendants((child) => {
    found = found || child.marks.length > 0 || !["paragraph", "text", "hard_break"].includes(child.type.name);
    return !found;
  });
  return found;
}
