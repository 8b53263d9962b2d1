"""How an exported notebook looks: readable text, small light code, prominent outputs, and clean paper."""

CSS = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background-color: #f5f7fa; color: #1f2933; font: 15px/1.5 Helvetica, Arial, sans-serif; }
header { background-color: #1f3a5f; color: #ffffff; padding: 14px 28px; }
header p { margin: 0; }
header .name { font-size: 18px; font-weight: bold; }
header .what { font-size: 12px; color: #d5deea; }
main { max-width: 1320px; margin: 0 auto; padding: 12px 28px 40px 28px; background-color: #ffffff; }
h1 { font-size: 24px; margin: 22px 0 8px 0; }
h2 { font-size: 19px; margin: 26px 0 6px 0; padding-top: 10px; border-top: 1px solid #dce1e7; }
h3 { font-size: 16px; margin: 20px 0 4px 0; }
h4, h5, h6 { font-size: 15px; margin: 16px 0 4px 0; }
p, ul, ol { margin: 6px 0 10px 0; max-width: 820px; }
.prompt { display: none; }
.code_cell { margin: 10px 0 16px 0; }
.input .input_prompt { display: block; float: left; width: 52px; padding-top: 5px; color: #7b8794; }
.input_prompt { font: 10px/1.5 DejaVu Sans Mono, Consolas, monospace; }
.input .inner_cell { margin-left: 52px; }
.highlight pre { margin: 0; padding: 4px 10px; background-color: #f8f9fb; border-left: 2px solid #dce1e7; color: #52606d; }
pre, code { font: 11px/1.5 DejaVu Sans Mono, Consolas, monospace; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
p code, li code, td code { font-size: 12px; background-color: #eef2f6; padding: 1px 4px; }
.output { margin: 8px 0 0 0; }
.output_area { margin: 0 0 8px 0; overflow-x: auto; }
.output_text pre { margin: 0; padding: 6px 10px; font-size: 12px; color: #1f2933; }
.output_stderr pre { background-color: #fff6e0; }
.output_error pre { background-color: #fdecea; border-left: 3px solid #9b1c1c; }
img { max-width: 100%; height: auto; }
.output_png img { max-width: min(100%, 840px); }
table { border-collapse: collapse; font-size: 13px; }
th, td { padding: 3px 10px; text-align: left; vertical-align: top; border-bottom: 1px solid #dce1e7; }
thead th { border-bottom: 2px solid #52606d; background-color: #e9eef3; }
.k, .kn, .kc, .ow { color: #0b4f8a; }
.s1, .s2, .sa, .si, .sd { color: #14662f; }
.c1 { color: #7b8794; font-style: italic; }
.ansi-bold { font-weight: bold; }
.ansi-red-fg, .ansi-red-intense-fg { color: #9b1c1c; }
.ansi-green-fg, .ansi-green-intense-fg { color: #14662f; }
.ansi-blue-fg, .ansi-cyan-fg { color: #0b4f8a; }
@page { size: A4 landscape; margin: 12mm 12mm 14mm 12mm; }
@media print {
  body { background-color: #ffffff; font-size: 10pt; }
  header { background-color: #ffffff; color: #1f2933; padding: 0 0 6px 0; border-bottom: 2px solid #1f3a5f; }
  header .what { color: #52606d; }
  main { max-width: none; padding: 0; }
  h1, h2, h3 { break-after: avoid; }
  tr, img, .highlight { break-inside: avoid; }
  .input { break-after: avoid; }
  thead { display: table-header-group; }
  .output_area, .output_html div { overflow-x: visible !important; }
  .output_html th, .output_html td { font-size: 7.5pt !important; padding: 2px 5px !important; min-width: 0 !important; }
  .output_html caption { font-size: 9pt !important; break-after: avoid; }
  .output_html p { font-size: 7.5pt !important; break-before: avoid; }
  .output_png img { max-width: 168mm; }
  .highlight pre, pre { font-size: 8pt; }
}
"""
"""The style sheet of the page; it names no address."""
