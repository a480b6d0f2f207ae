" Scripts that say what goes wrong in a tree.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:// commentstring=//\ %s
compiler supgen
let &l:makeprg = substitute(&l:makeprg, 'validate', 'test', '')

let b:undo_ftplugin = 'setlocal comments< commentstring< makeprg< errorformat<'
