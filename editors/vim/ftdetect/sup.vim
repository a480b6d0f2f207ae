" A .sim file is a script of supgen where there is a tree beside it. Elsewhere it may be Simula, as Vim has it.
autocmd BufNewFile,BufRead *.sup set filetype=sup
autocmd BufNewFile,BufRead *.sim if !empty(glob(expand('<afile>:p:h') .. '/*.sup')) | set filetype=sup-script | endif
