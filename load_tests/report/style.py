"""PURE: the page's look, in the reader's own light or dark."""

CSS = """
:root{color-scheme:light dark;--paper:#fbfaf8;--card:#fff;--ink:#1d1f24;--quiet:#62666f;--line:#e2e0db;--accent:#0b6e6e;
--warn:#9a4b00;--warn-paper:#fff4e5;--s0:#0b6e6e;--s1:#c2571a;--s2:#5b56b5;--s3:#8a8a1f;--s4:#b03a63;--s5:#3f7fbf;
--p50:#7fb5b5;--p90:#2f8f8f;--p99:#0a4f4f}
@media(prefers-color-scheme:dark){:root{--paper:#14161a;--card:#1c1f25;--ink:#e8e6e1;--quiet:#9aa0aa;--line:#30343c;
--accent:#5cc8c2;--warn:#ffb869;--warn-paper:#33270f;--s0:#5cc8c2;--s1:#f0965a;--s2:#a7a2f2;--s3:#cfcf5a;--s4:#ef86ab;
--s5:#80b8f0;--p50:#3d7d7a;--p90:#57b3ae;--p99:#b9f2ee}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1180px;margin:0 auto;padding:24px 20px 48px}
h1{font-size:25px;line-height:1.2;margin:0}h2{font-size:18px;margin:36px 0 4px}
p{margin:6px 0;max-width:78ch}.quiet,figcaption,.note{color:var(--quiet)}.note{font-size:13px}
.model{background:var(--warn-paper);border-left:4px solid var(--warn);padding:8px 14px;border-radius:4px;margin:16px 0}
.set{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:14px;margin:18px 0}
.card,figure{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px 16px;margin:0}
.card b{display:block;font-size:29px;line-height:1.2;color:var(--accent)}.card span{color:var(--quiet);font-size:13px}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr));gap:14px;margin:12px 0}
figure{padding:12px 10px 8px}figcaption{font-size:13px;padding:0 6px}figcaption b{color:var(--ink);display:block}
svg{display:block;width:100%;height:auto;overflow:visible}
.wide{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px;margin:10px 0}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:6px 10px;border-bottom:1px solid var(--line);white-space:nowrap;vertical-align:top}
th{font-weight:600;color:var(--quiet);font-size:12.5px}tr:last-child td{border-bottom:0}
th:first-child,td:first-child,th.left{text-align:left}
td small{display:block;color:var(--quiet);font-size:11px;white-space:nowrap}
td.prose{white-space:normal;min-width:200px;text-align:left}
tr.best td:first-child{box-shadow:inset 3px 0 var(--accent)}tr.best td{font-weight:600}tr.best small{font-weight:400}
a{color:var(--accent)}code{font:13px ui-monospace,monospace}li{max-width:78ch}
.axis{fill:var(--quiet);font-size:11px}.end{text-anchor:end}.middle{text-anchor:middle}.title{font-size:10.5px}
.grid{stroke:var(--line);stroke-width:1}.limit{stroke:var(--warn);stroke-width:1.5;stroke-dasharray:4 3}
.way{fill:none;stroke:var(--s0);stroke-width:2}.range{stroke-width:2.5;opacity:.55}
.fill.p50,.key.p50{fill:var(--p50);background:var(--p50)}.range.p50{stroke:var(--p50)}
.fill.p90,.key.p90{fill:var(--p90);background:var(--p90)}.range.p90{stroke:var(--p90)}
.fill.p99,.key.p99{fill:var(--p99);background:var(--p99)}.range.p99{stroke:var(--p99)}
.fill.init,.key.init{fill:var(--s1);background:var(--s1)}.fill.handler,.key.handler{fill:var(--s0);background:var(--s0)}
.fill.used{fill:var(--s0)}.fill.empty{fill:var(--line)}.fill.quiet{fill:var(--quiet)}.range.quiet{stroke:var(--quiet)}
.fill.s0{fill:var(--s0)}.key{display:inline-block;width:10px;height:10px;border-radius:50%;margin:0 4px 0 8px}
.way.s1{stroke:var(--s1)}.way.s2{stroke:var(--s2)}.way.s3{stroke:var(--s3)}.way.s4{stroke:var(--s4)}.way.s5{stroke:var(--s5)}
.axis.s0{fill:var(--s0)}.axis.s1{fill:var(--s1)}.axis.s2{fill:var(--s2)}.axis.s3{fill:var(--s3)}.axis.s4{fill:var(--s4)}
.axis.s5{fill:var(--s5)}
@media(max-width:520px){main{padding:16px 12px 32px}h1{font-size:21px}th,td{padding:6px 9px}}
.dense th,.dense td{padding:6px 6px;font-size:13px}.dense td:first-child,.dense th:first-child{padding-left:12px}
@media print{figure,.card,.wide{break-inside:avoid}}
"""
