// What keeps somebody from using the page. The contrast is that of WCAG 2.2, 1.4.3.
const found = [];
const shown = e => e.checkVisibility({visibilityProperty: true, opacityProperty: true});
const words = e => (e.innerText || '').trim();
const called = e =>
  `${e.tagName.toLowerCase()}${e.id ? '#' + e.id : ''}.${e.className} "${words(e).slice(0, 30)}"`;
const each = (selector, look) => document.querySelectorAll(selector).forEach(look);

each('input, select, textarea', e => {
  if (e.type === 'hidden' || !shown(e) || (e.labels && e.labels.length)) return;
  if (!e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby'))
    found.push('no label: ' + e.name);
});
each('a, button, summary', e => {
  if (shown(e) && !words(e) && !e.getAttribute('aria-label') && !e.querySelector('img[alt]'))
    found.push('no name: ' + called(e));
});
each('img', e => { if (!e.hasAttribute('alt')) found.push('no alt: ' + e.src); });
each('svg', e => {
  if (e.getAttribute('role') !== 'img' && !e.closest('[aria-hidden=true]'))
    found.push('svg that says nothing: ' + called(e));
});
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push('id twice: ' + id);
if (!document.documentElement.lang) found.push('no lang');
if (!document.title) found.push('no title');
if (document.querySelectorAll('main').length !== 1) found.push('not one main');
const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5')].filter(shown)
  .map(e => +e.tagName[1]);
if (levels.filter(level => level === 1).length !== 1) found.push('not one h1');
levels.reduce((before, level) => {
  if (level > before + 1) found.push(`h${level} after h${before}`);
  return level;
}, 0);

const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
const rgba = color => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha / 255];
};
const over = (top, under) =>
  [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
const ground = e => {
  const layers = [];
  for (let at = e; at; at = at.parentElement)
    layers.unshift(rgba(getComputedStyle(at).backgroundColor));
  return layers.reduce((under, top) => over(top, under), [255, 255, 255, 1]);
};
const luminance = color => {
  const part = value => {
    value /= 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(color[0]) + 0.7152 * part(color[1]) + 0.0722 * part(color[2]);
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const seen = new Set();
while (walker.nextNode()) {
  const e = walker.currentNode.parentElement;
  if (!walker.currentNode.textContent.trim() || seen.has(e)) continue;
  seen.add(e);
  const box = e.getBoundingClientRect();
  if (!shown(e) || e.closest('svg, [disabled]') || box.width <= 1 || box.height <= 1) continue;
  const style = getComputedStyle(e), under = ground(e);
  const light = [luminance(over(rgba(style.color), under)), luminance(under)];
  const ratio = (Math.max(...light) + 0.05) / (Math.min(...light) + 0.05);
  const size = parseFloat(style.fontSize);
  const isLarge = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
  if (ratio < (isLarge ? 3 : 4.5)) found.push(`faint ${ratio.toFixed(2)}: ${called(e)}`);
}
return [...new Set(found)].slice(0, 20);
