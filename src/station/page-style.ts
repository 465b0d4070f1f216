/** How the page looks. It is one text, because the page's security policy names it by its digest. */
export const STYLE = `
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --text: #1b1f27; --quiet: #5d6675; --edge: #e1e4ea; --line: #0b6bcb; --area: #0b6bcb1f; }
@media (prefers-color-scheme: dark) { :root { --page: #11141a; --card: #1a1e26; --text: #e8ebf0; --quiet: #98a2b3; --edge: #2a303b; --line: #5eb0ff; --area: #5eb0ff24; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1240px; padding: 1.5rem 1.25rem 3rem; background: var(--page); color: var(--text); font: 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .25rem 1rem; margin-bottom: 1.25rem; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 0; font-size: 1.125rem; overflow-wrap: anywhere; }
h3 { margin: 0; font-size: .9375rem; font-weight: 500; color: var(--quiet); overflow-wrap: anywhere; }
p { margin: 0; }
.quiet, time { color: var(--quiet); font-size: .8125rem; }
main { columns: 23rem; column-gap: 1rem; }
section { break-inside: avoid; margin-bottom: 1rem; padding: 1.125rem 1.25rem 1.25rem; background: var(--card); border: 1px solid var(--edge); border-radius: .75rem; }
.title { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem; }
.title > span { flex: none; }
article { margin-top: 1rem; padding-top: .875rem; border-top: 1px solid var(--edge); }
.reading { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1rem; }
.value { font-size: 1.625rem; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.text { font-size: 1.125rem; white-space: pre-wrap; }
.graph { display: grid; grid-template-columns: 1fr minmax(3rem, auto); gap: .375rem .625rem; margin-top: .25rem; font-size: .75rem; line-height: 1; color: var(--quiet); font-variant-numeric: tabular-nums; }
.graph svg { width: 100%; height: 5.5rem; overflow: visible; }
.values { display: flex; flex-direction: column; justify-content: space-around; }
.values :first-child:not(:last-child) { margin-bottom: auto; }
.times { display: flex; justify-content: space-between; }
.area { fill: var(--area); stroke: none; }
.line { fill: none; stroke: var(--line); stroke-width: 2px; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); gap: .625rem; margin-top: .625rem; }
.images a { display: block; color: inherit; text-decoration: none; border-radius: .5rem; }
.images a:first-child { grid-column: 1 / -1; }
.images img { display: block; width: 100%; aspect-ratio: 4 / 3; object-fit: cover; background: var(--edge); border-radius: .5rem; }
.images time { display: block; margin-top: .25rem; font-size: .75rem; }
a:focus-visible { outline: 2px solid var(--line); outline-offset: 2px; }
.empty { column-span: all; max-width: 42rem; margin: 2rem auto; padding: 2rem; }
.empty ol { margin: 1rem 0 0; padding-left: 1.25rem; }
.empty li { margin-top: .5rem; }
.waiting { margin-top: .75rem; color: var(--quiet); }
@media (max-width: 30rem) { body { padding: 1rem .75rem 2rem; } section { padding: 1rem; } }
`;
