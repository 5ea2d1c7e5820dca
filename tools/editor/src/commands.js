// What the toolbar and the keyboard can do to the text.
import { chainCommands, exitCode, lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { TextSelection } from "prosemirror-state";
import { schema } from "./schema.js";

const { nodes, marks } = schema;

export function markActive(state, type) {
  const { from, to, $from, empty } = state.selection;
  if (empty) return Boolean(type.isInSet(state.storedMarks || $from.marks()));
  return state.doc.rangeHasMark(from, to, type);
}

export function insideOf(state, type) {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) if ($from.node(depth).type === type) return true;
  return false;
}

const textBlock = (type) => (state, dispatch) =>
  setBlockType(insideOf(state, type) ? nodes.paragraph : type)(state, dispatch);

const LISTS = [nodes.bullet_list, nodes.ordered_list];

// Pressing the other list's button turns one kind into the other instead of nesting it.
function list(type) {
  return (state, dispatch) => {
    const { $from } = state.selection;
    for (let depth = $from.depth; depth > 0; depth -= 1) {
      const around = $from.node(depth);
      if (!LISTS.includes(around.type)) continue;
      if (around.type === type) return liftListItem(nodes.list_item)(state, dispatch);
      if (dispatch) dispatch(state.tr.setNodeMarkup($from.before(depth), type));
      return true;
    }
    return wrapInList(type)(state, dispatch);
  };
}

const quote = (state, dispatch) =>
  insideOf(state, nodes.blockquote) ? lift(state, dispatch) : wrapIn(nodes.blockquote)(state, dispatch);

export function linkRange(state) {
  const { $from, from, to, empty } = state.selection;
  if (!empty) return { from, to };
  const at = $from.parent.childAfter($from.parentOffset);
  const link = at.node && marks.link.isInSet(at.node.marks);
  if (!link) return null;
  const start = $from.start() + at.offset;
  return { from: start, to: start + at.node.nodeSize, link };
}

export function setLink(href) {
  return (state, dispatch) => {
    const range = linkRange(state);
    const tr = state.tr;
    if (range) {
      tr.removeMark(range.from, range.to, marks.link);
      if (href) tr.addMark(range.from, range.to, marks.link.create({ href }));
    } else if (href) {
      tr.replaceSelectionWith(schema.text(href.replace(/^(https?:\/\/|mailto:)/, ""), [marks.link.create({ href })]), false);
    }
    if (dispatch) dispatch(tr);
    return true;
  };
}

export const commands = {
  strong: toggleMark(marks.strong),
  em: toggleMark(marks.em),
  u: toggleMark(marks.u),
  s: toggleMark(marks.s),
  heading: textBlock(nodes.heading),
  subheading: textBlock(nodes.subheading),
  bullet: list(nodes.bullet_list),
  ordered: list(nodes.ordered_list),
  quote,
  undo,
  redo,
};

const lineBreak = chainCommands(exitCode, (state, dispatch) => {
  if (dispatch) dispatch(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
});

// A selection of the text, not of the document: buttons then act on it as on any other.
const selectText = (state, dispatch) => {
  if (dispatch) dispatch(state.tr.setSelection(TextSelection.between(state.doc.resolve(0), state.doc.resolve(state.doc.content.size))));
  return true;
};

// Tab is left to the browser: a keyboard must be able to leave the field.
export const keys = {
  "Mod-a": selectText,
  "Mod-b": commands.strong,
  "Mod-i": commands.em,
  "Mod-u": commands.u,
  "Mod-z": undo,
  "Mod-y": redo,
  "Shift-Mod-z": redo,
  "Shift-Enter": lineBreak,
  Enter: splitListItem(nodes.list_item),
  "Mod-]": sinkListItem(nodes.list_item),
  "Mod-[": liftListItem(nodes.list_item),
};
