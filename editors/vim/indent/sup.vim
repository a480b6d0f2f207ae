" Indentation as "supgen fmt" has it.
if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=SupIndent(v:lnum)
setlocal indentkeys=o,O,!^F,0},0)
let b:undo_indent = 'setlocal indentexpr< indentkeys<'

if exists('*SupIndent')
  finish
endif

" A line without its comment.
function s:Code(lnum)
  return trim(matchstr(getline(a:lnum), '^\%([^"/]\|"\%(\\.\|[^"\\]\)*"\?\|/\@<!//\@!\)*'))
endfunction

" The line above with code in it, or 0.
function s:Above(lnum)
  let at = a:lnum - 1
  while at > 0 && s:Code(at) ==# ''
    let at -= 1
  endwhile
  return at
endfunction

function SupIndent(lnum)
  let above = s:Above(a:lnum)
  if above == 0
    return 0
  endif
  let begin = above " of the statement, which goes on behind a comma
  while s:Code(s:Above(begin)) =~# ',$'
    let begin = s:Above(begin)
  endwhile
  let opens = s:Code(above) =~# '[{(,]$'
  let closes = getline(a:lnum) =~# '^\s*[})]'
  return max([0, indent(begin) + (opens - closes) * shiftwidth()])
endfunction
