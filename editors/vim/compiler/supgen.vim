" What supgen reports, in the quickfix list. Vim has to be in the module: go tool looks for the go.mod here and above.
if exists('current_compiler')
  finish
endif
let current_compiler = 'supgen'

CompilerSet makeprg=go\ tool\ supgen\ validate
CompilerSet errorformat=%f:%l:%c:\ %tarning:\ %m,%I%f:%l:%c:\ note:\ %m,%E%f:%l:%c:\ %m,%-G%.%#
