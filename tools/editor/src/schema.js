// What a text may contain: the same list the server's sanitiser lets through.
import { Schema } from "prosemirror-model";

export function safeHref(text) {
  const typed = text.trim();
  if (!typed) return null;
  const mail = /^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(typed);
  const address = mail ? `mailto:${typed}` : /^[a-z][a-z\d+.-]*:/i.test(typed) ? typed : `https://${typed}`;
  try {
    const url = new URL(address);
    if (url.protocol === "mailto:") return url.href;
    return /^https?:$/.test(url.protocol) && url.hostname.includes(".") ? url.href : null;
  } catch {
    return null;
  }
}

// Pasted text says bold by style attributes. The site's policy forbids them, and handlers, even while reading: renamed first.
export const withoutStyle = (html) =>
  html
    .replace(/<style[\s\S]*?<\/style>/gi, "")
    .replace(/<[^>]*>/g, (tag) => tag.replace(/\sstyle\s*=/gi, " data-css=").replace(/\son\w+\s*=/gi, " data-on=").replace(/^<\/t[dh]\b/i, " $&"))
    .normalize("NFC");

const styleOf = (el) => el.getAttribute("data-css") ?? "";
const styled = (pattern) => ({ tag: "[data-css]", consuming: false, getAttrs: (el) => pattern.test(styleOf(el)) && null });

const block = (tags, tag, spec) => ({
  group: "block",
  parseDOM: tags.map((name) => ({ tag: name })),
  toDOM: () => [tag, 0],
  ...spec,
});

const mark = (tag, rules, spec) => ({ parseDOM: rules, toDOM: () => [tag, 0], ...spec });

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: block(["p"], "p", { content: "inline*" }),
    heading: block(["h1", "h2", "h3"], "h3", { content: "inline*", defining: true }),
    subheading: block(["h4", "h5", "h6"], "h4", { content: "inline*", defining: true }),
    bullet_list: block(["ul"], "ul", { content: "list_item+" }),
    ordered_list: block(["ol"], "ol", { content: "list_item+" }),
    list_item: {
      content: "paragraph (paragraph | bullet_list | ordered_list)*",
      defining: true,
      parseDOM: [{ tag: "li" }],
      toDOM: () => ["li", 0],
    },
    blockquote: block(["blockquote"], "blockquote", {
      content: "(paragraph | bullet_list | ordered_list)+",
      defining: true,
    }),
    text: { group: "inline" },
    hard_break: {
      group: "inline",
      inline: true,
      selectable: false,
      parseDOM: [{ tag: "br" }],
      toDOM: () => ["br"],
    },
  },
  marks: {
    link: {
      attrs: { href: { validate: "string" } },
      inclusive: false,
      parseDOM: [
        {
          tag: "a[href]",
          getAttrs: (el) => {
            const href = safeHref(el.getAttribute("href"));
            return href ? { href } : false;
          },
        },
      ],
      toDOM: (link) => ["a", { href: link.attrs.href }, 0],
    },
    strong: mark("strong", [
      { tag: "strong" },
      // Google Docs wraps everything it copies in <b style="font-weight:normal">.
      { tag: "b", getAttrs: (el) => !/font-weight:\s*(normal|400)/.test(styleOf(el)) && null },
      styled(/font-weight:\s*(bold|[6-9]00)/),
    ]),
    em: mark("em", [{ tag: "em" }, { tag: "i" }, styled(/font-style:\s*italic/)]),
    u: mark("u", [{ tag: "u" }, styled(/text-decoration[^;]*underline/)]),
    s: mark("s", [{ tag: "s" }, { tag: "del" }, { tag: "strike" }, styled(/text-decoration[^;]*line-through/)]),
  },
});
