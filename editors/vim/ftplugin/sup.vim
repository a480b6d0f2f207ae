" Trees: comments, indentation with tabs as "supgen fmt" writes it, and :make.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:// commentstring=//\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal noexpandtab softtabstop=0 shiftwidth=0
compiler supgen

let b:undo_ftplugin = 'setlocal comments< commentstring< formatoptions< expandtab< softtabstop< shiftwidth< makeprg< errorformat<'
