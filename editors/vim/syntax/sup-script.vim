" Scripts: the children that a line is about, what they do, and behind a line "---" the timeline, which is not coloured.
if exists('b:current_syntax')
  finish
endif

syntax match supScriptPath !\<\u\k*\%(\.\k\+\|\[\%(\d\+\|"\%(\\.\|[^"\\]\)*"\)\]\)*\%(#\d\+\%(\.\.\d*\)\=\)\=!
syntax match supScriptStatement "^\s*\%(seed\|until\|at\)\>"
syntax match supScriptClause "\<\%(expect\|after\|with\|by\|never\)\>"
syntax match supScriptNumber "\<\d[0-9_]*\%(\.\d\+\)\=\%(ns\|us\|µs\|ms\|s\|m\|h\)\=\%(\d\+\%(\.\d\+\)\=\%(ns\|us\|µs\|ms\|s\|m\|h\)\)*\>"
syntax region supScriptString start=+"+ skip=+\\.+ end=+"+ end=+$+ oneline
syntax match supScriptComment "//.*$" contains=@Spell
syntax region supScriptTimeline matchgroup=supScriptComment start="^\s*---\s*$" end="\%$"

highlight default link supScriptPath Function
highlight default link supScriptStatement Statement
highlight default link supScriptClause Keyword
highlight default link supScriptNumber Number
highlight default link supScriptString String
highlight default link supScriptComment Comment

syntax sync fromstart
let b:current_syntax = 'sup-script'
