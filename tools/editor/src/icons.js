// Line icons on a 24 × 24 grid, drawn like the rest of the site.
const PATHS = {
  strong: "M7 4.500h6a3.700 3.700 0 0 1 0 7.400H7zM7 11.900h7a3.800 3.800 0 0 1 0 7.600H7z",
  em: "M10 4.500h7M7 19.500h7M14 4.500l-4 15",
  u: "M7 4v7a5 5 0 0 0 10 0V4M6 20.500h12",
  s: "M4 12h16M16.500 7.500c-.5-2-2.300-3-4.500-3-2.600 0-4.500 1.300-4.500 3.400 0 1 .5 1.800 1.300 2.300M7.500 16c.4 2.200 2.200 3.500 4.700 3.500 2.700 0 4.600-1.300 4.600-3.500 0-.6-.1-1-.4-1.500",
  heading: "M5 4.500v15M15 4.500v15M5 12h10M19.500 10v9.500",
  subheading: "M5 6.500v11M13 6.500v11M5 12h8M17 17.500h4M17 13c.3-1 1-1.500 2-1.500 1.200 0 2 .7 2 1.800 0 1.700-4 2.200-4 4.200",
  bullet: "M9 6h11M9 12h11M9 18h11M4.500 6v.01M4.500 12v.01M4.500 18v.01",
  ordered: "M10 6h10M10 12h10M10 18h10M4 4.500l1.300-.8v5M3.700 14.800c.2-.8.800-1.200 1.600-1.200 1 0 1.600.6 1.600 1.400 0 1.500-3.200 2-3.200 4.200H7",
  quote: "M4 4.500v15M9 7h11M9 12h11M9 17h7",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4.200 4.200 0 0 0-6-6l-1.300 1.300M14 10a4 4 0 0 0-6-.4l-3 3a4.200 4.200 0 0 0 6 6l1.300-1.300",
  undo: "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "m15 14 5-5-5-5M20 9H10a6 6 0 0 0 0 12h3",
};

export function icon(name) {
  const make = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const svg = make("svg", { class: "i", viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true", focusable: "false" });
  svg.append(make("path", { d: PATHS[name] }));
  return svg;
}
