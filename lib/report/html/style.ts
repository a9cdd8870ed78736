/**
 * The page's only style. Colours come in pairs for light and dark; every text on its ground keeps a
 * contrast of at least 4.5 to 1. Fonts are the reader's own.
 */
export const style = `
:root{color-scheme:light dark;--ground:#fcfcfa;--raised:#f3f3ee;--line:#d8d8cf;--ink:#1d1f21;--soft:#55595e;--link:#0b57a4;
--good:#1c6b3a;--note:#0b57a4;--warn:#8a5200;--bad:#a8201a;--good-g:#e3f2e6;--note-g:#e4eefb;--warn-g:#fcefd6;--bad-g:#fbe4e2;
--cp:#0b57a4;--worker:#5b6b58;--outside:#7a5195;--code:#f0f0ea}
@media(prefers-color-scheme:dark){:root{--ground:#16181b;--raised:#1f2226;--line:#3a3f45;--ink:#e6e6e1;--soft:#a8adb3;--link:#8ab8f0;
--good:#8fd3a4;--note:#8ab8f0;--warn:#eebd6a;--bad:#f5a09a;--good-g:#1b3323;--note-g:#1b2d42;--warn-g:#3b2d14;--bad-g:#42201e;
--cp:#8ab8f0;--worker:#a3b59f;--outside:#c9a8df;--code:#23272c}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:break-word}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-100vw}.skip:focus{left:1rem;top:1rem;background:var(--ground);padding:.5rem;z-index:3}
header,.body{max-width:84rem;margin:0 auto;padding:0 2rem}
header{padding-top:2.5rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 .4rem;letter-spacing:-.01em}
h2{font-size:1.45rem;line-height:1.25;margin:0 0 .3rem;letter-spacing:-.005em}
h3{font-size:1.1rem;margin:1.8rem 0 .3rem}h4,h5,h6{font-size:1rem;margin:1.4rem 0 .3rem}
p,ul,ol{margin:.5rem 0}
main>section{padding:2rem 0 1rem}main>section~section{border-top:1px solid var(--line)}
.lead{color:var(--soft);margin:0 0 1rem;max-width:46rem}
main p,main ul,main ol:not(.path){max-width:46rem}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{background:var(--code);border-radius:3px;padding:.08em .3em}
pre{background:var(--code);border-radius:6px;padding:.8rem 1rem;overflow-x:auto;margin:.6rem 0 1rem}
pre code{background:none;padding:0}
.scroll{overflow-x:auto;margin:.6rem 0 1.2rem}
table{border-collapse:collapse;width:100%;font-size:.925rem}
caption{text-align:left;color:var(--soft);font-size:.875rem;padding:.2rem 0 .4rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line)}
thead th{font-size:.8125rem;font-weight:600;color:var(--soft);white-space:nowrap}
tbody th{font-weight:600}td{overflow-wrap:anywhere;min-width:6.5rem}td:last-child,th:last-child{padding-right:0}
td code{white-space:pre-wrap}table:not(.grid):not(.pair) td:first-child{min-width:9rem}
.badge{display:inline-block;font-size:.8125rem;font-weight:600;line-height:1.3;border-radius:4px;padding:.1rem .45rem;background:var(--raised);color:var(--soft)}
.good{color:var(--good);background:var(--good-g)}.note{color:var(--note);background:var(--note-g)}.warn{color:var(--warn);background:var(--warn-g)}.bad{color:var(--bad);background:var(--bad-g)}
.chips{display:flex;flex-wrap:wrap;gap:.4rem;margin:.8rem 0 1.8rem;padding:0;list-style:none}
details{border-top:1px solid var(--line);padding:.1rem 0}details[open]{padding-bottom:1rem}details:last-of-type{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:.55rem 0;font-weight:600}summary>*{display:inline;font-size:1rem}
figure{margin:1rem 0 1.6rem}figcaption{color:var(--soft);font-size:.875rem;max-width:46rem}
svg{display:block;font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
svg text{fill:var(--ink)}svg .soft{fill:var(--soft);font-size:11.5px}svg .name{font-weight:600}
svg .zone{fill:var(--raised);stroke:var(--line)}svg .box{fill:var(--ground);stroke:var(--line)}
svg .cp{fill:var(--cp)}svg .worker{fill:var(--worker)}svg .outside{fill:var(--outside)}
svg .edge{fill:none;stroke:var(--soft);stroke-width:1.5}svg .api,svg .bgp{stroke-dasharray:5 4}svg .bgp{stroke:var(--outside)}
svg .label{fill:var(--ground)}
.path{list-style:none;padding:0;margin:.6rem 0 1.4rem;counter-reset:hop}
.path li{position:relative;padding:0 0 .75rem 2.2rem;counter-increment:hop}
.path li::before{content:counter(hop);position:absolute;left:0;top:.1rem;width:1.45rem;height:1.45rem;border-radius:50%;background:var(--raised);color:var(--soft);font-size:.8rem;line-height:1.45rem;text-align:center}
.path li:not(:last-child)::after{content:"";position:absolute;left:.7rem;top:1.65rem;bottom:0;border-left:2px solid var(--line)}
.path b{font-weight:600}.path span{color:var(--soft)}
.grid td,.grid th{padding:.35rem .7rem .35rem 0}
.grid td.heat{text-align:right;padding:.35rem .7rem;min-width:4rem;border:1px solid var(--ground);font-variant-numeric:tabular-nums}
.grid thead th{white-space:normal}
.bytes{margin:.2rem 0 .8rem;max-width:46rem}.bytes p{margin:0;font-size:.875rem}.stack{display:flex;height:1.3rem;background:var(--raised);border-radius:3px;overflow:hidden}
.stack i{background:var(--note);border-right:1px solid var(--ground)}
.grid.bars{max-width:46rem}.bars th{white-space:nowrap;font-weight:400;text-align:right;width:1%}.bars td{width:99%}
.bars i{display:inline-block;vertical-align:middle;height:.9rem;background:var(--note);border-radius:2px;margin-right:.5rem}
.finding{border-left:4px solid var(--line);padding:.1rem 0 .1rem 1rem;margin:1.2rem 0}
.finding p{margin:.25rem 0}.finding h3{margin:0 0 .2rem;font-size:1rem}.tone-bad{border-color:var(--bad)}.tone-warn{border-color:var(--warn)}.tone-note{border-color:var(--note)}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}nav ul{list-style:none;margin:0;padding:0}
.toc{font-size:.9rem}.toc li{margin:.3rem 0}.toc ul ul{padding-left:.9rem}.toc ul ul a{color:var(--soft)}
.quick,.small{display:none}
footer{color:var(--soft);font-size:.875rem;padding:2rem 0 4rem}
@media(min-width:60.01rem){.body{display:grid;grid-template-columns:14rem minmax(0,1fr);gap:3.5rem}
.wide{position:sticky;top:0;align-self:start;max-height:100vh;overflow-y:auto;padding:2rem 0}}
@media(max-width:60rem){.wide{display:none}.small{display:block;margin-bottom:1rem}header,.body{padding-left:1rem;padding-right:1rem}header{padding-top:1.2rem}
html{scroll-padding-top:3.5rem}h1{font-size:1.6rem}
.quick{display:flex;gap:1.1rem;position:sticky;top:0;z-index:2;overflow-x:auto;background:var(--ground);border-bottom:1px solid var(--line);padding:.7rem 1rem;font-weight:600;white-space:nowrap}}
@media(max-width:40rem){table:not(.grid),table:not(.grid) tbody,table:not(.grid) tr,table:not(.grid) td,table:not(.grid) tbody th,table:not(.grid) caption{display:block}
table:not(.grid) thead{display:block;position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table:not(.grid) tr{border-bottom:1px solid var(--line);padding:.5rem 0}table:not(.grid) td,table:not(.grid) tbody th{border:0;padding:.12rem 0}table:not(.grid):not(.pair) td:nth-child(n+2){position:relative;padding-left:7.2rem}
${cards()}
table:not(.grid) td::before{color:var(--soft);font-size:.8125rem;position:absolute;left:0;width:6.7rem;line-height:1.7}.pair td::before{display:none}pre{font-size:.9375rem;padding:.7rem .8rem;white-space:pre-wrap;overflow-wrap:anywhere}}
@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@media print{.wide,.small,.quick,.skip{display:none}.body{display:block}body{font-size:10pt;background:#fff;color:#000}pre{white-space:pre-wrap}
details::details-content{content-visibility:visible;display:block;height:auto}tr,.finding,figure{break-inside:avoid}a{color:inherit}}
`;

/** In front of each cell the name of its column, which the table gives. */
function cards(): string {
  return [2, 3, 4, 5, 6, 7, 8]
    .map((n) => `table:not(.grid):not(.pair) td:nth-child(${n})::before{content:var(--c${n})}`)
    .join('');
}
