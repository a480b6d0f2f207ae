" Trees. A word is a keyword only where a statement or a clause begins, so that a parameter may be called "key".
if exists('b:current_syntax')
  finish
endif

" A statement ends with its line, and goes on behind a comma, over lines of comments too.
let s:end = 'end="\%(,\s*\%(//.*\)\=\|^\s*//.*\)\@<!$" keepend'
let s:statement = 'syntax region %s matchgroup=supStatement start="^\s*\%%(%s\)\>" ' .. s:end .. ' contains=supComment,supString,supPunctuation,%s'

syntax match supPunctuation "[][(){},.]" contained
syntax match supName "\k\+" contained
syntax match supPath "\k\+" contained
syntax match supWord "\k\+" contained
syntax match supClause "\<\%(at\s\+start\|in\|factor\|jitter\|reset\|refill\|within\|check\|every\|timeout\|stale\|dead\|fail\|abort\|heartbeat\|immediate\|explicit\|unlimited\|none\)\>" contained
syntax match supNumber "\<\d[0-9_]*\%(\.\d\+\)\=%\=" contained
syntax match supNumber "\<\%(\d[0-9_]*\%(\.\d\+\)\=\%(ns\|us\|µs\|ms\|s\|m\|h\)\)\+" contained
syntax match supFinish "\<when\s\+\%(any\|all\)\>" contained
syntax match supType "\k\+" contained
syntax match supGoKeyword "\<\%(chan\|func\|interface\|map\|struct\)\>" contained

syntax match supPackage "^\s*package\>"
syntax match supImport "^\s*import\>"
execute printf(s:statement, 'supValues', 'strategy\|intensity\|limit\|restart\|on\|backoff\|throttle\|concurrency\|ready\|health\|shutdown\|lame_duck\|timeout\|max\|optional\|tags', 'supWord,supClause,supNumber')
execute printf(s:statement, 'supPaths', 'finish\|use', 'supPath,supFinish')
execute printf(s:statement, 'supProvides', 'provides', 'supType,supGoKeyword')

" Children.
syntax match supChildClause "\<\%(key\|of\|linked\|needs\|wants\|after\)\>" contained
syntax match supChildName "\%(\<\%(supervisor\|group\|service\|worker\|job\|sidecar\)\s\+\)\@<=\k\+" contained
syntax match supParameter "\%([(,]\s*\|^\s*\)\@<=\k\+\%(\s\+\S\)\@=" contained
syntax region supNested matchgroup=supPunctuation start="[([{]" end="[])}]" contained contains=supType,supGoKeyword,supNested,supPunctuation
syntax region supParameters matchgroup=supPunctuation start="(" end=")" contained contains=supComment,supType,supGoKeyword,supParameter,supNested,supPunctuation
execute 'syntax region supChild matchgroup=supDeclaration start="^\s*\%(dynamic\s\+\)\=\%(supervisor\|group\|service\|worker\|job\|sidecar\)\>" matchgroup=NONE end="\ze{\s*\%(//.*\)\=$" '
  \ .. s:end .. ' contains=supComment,supPath,supNumber,supChildClause,supChildName,supParameters,supPunctuation'
syntax match supDeclaration "^\s*\%(policy\|defaults\)\>" nextgroup=supName skipwhite

syntax region supString start=+"+ skip=+\\.+ end=+"+ end=+$+ oneline
syntax match supComment "//.*$" contains=supTodo,@Spell
syntax match supDirective "//\%(go\|supgen\):.*$"
syntax keyword supTodo TODO FIXME contained

highlight default link supComment Comment
highlight default link supDirective PreProc
highlight default link supTodo Todo
highlight default link supString String
highlight default link supNumber Number
highlight default link supWord Constant
highlight default link supPackage Include
highlight default link supImport Include
highlight default link supStatement Statement
highlight default link supClause Keyword
highlight default link supFinish Keyword
highlight default link supChildClause Keyword
highlight default link supDeclaration Structure
highlight default link supName Identifier
highlight default link supChildName Function
highlight default link supPath Identifier
highlight default link supParameter Identifier
highlight default link supType Type
highlight default link supGoKeyword Type

syntax sync minlines=50
let b:current_syntax = 'sup'
