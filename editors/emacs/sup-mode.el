;;; sup-mode.el --- Supervisor trees of Go programs  -*- lexical-binding: t -*-

;; Author: The supgen authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages
;; URL: https://github.com/supgen/supgen
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; A mode for .sup files, which declare supervisor trees, and one for the scripts beside them.  With Eglot, "supgen lsp" serves trees:
;;
;;     (require 'sup-mode)
;;     (add-hook 'sup-mode-hook #'eglot-ensure)
;;
;; Without it, #'sup-flymake-setup in its place has Flymake check what is not saved yet; Flycheck does so by itself.

;;; Code:

(require 'flymake)

(defgroup sup nil
  "Supervisor trees of Go programs."
  :group 'languages)

(defcustom sup-format-on-save t
  "Whether a tree is formatted when it is saved."
  :type 'boolean)

;;;; Statements

(defconst sup--roles "\\(?:dynamic\\s-+\\)?\\(?:supervisor\\|group\\|service\\|worker\\|job\\|sidecar\\)")

(defconst sup--statements
  (regexp-opt '("package" "import" "policy" "defaults" "strategy" "intensity" "limit" "restart" "on" "backoff" "throttle" "concurrency" "provides"
                "ready" "health" "shutdown" "lame_duck" "timeout" "max" "finish" "optional" "tags" "use")
              'symbols))

(defconst sup--child-clauses (regexp-opt '("key" "of" "linked" "needs" "wants" "after") 'symbols))

(defconst sup--clauses
  (regexp-opt '("at" "start" "in" "factor" "jitter" "reset" "refill" "within" "check" "every" "timeout" "stale" "dead" "fail" "abort"
                "heartbeat" "immediate" "explicit" "unlimited" "none" "when" "any" "all")
              'symbols))

(defun sup--skip-back ()
  "Go back over spaces, lines and comments, to the end of what is before."
  (forward-comment (- (buffer-size))))

(defun sup--to-statement ()
  "Go to the beginning of the statement that this line belongs to.
A line goes on behind a comma."
  (back-to-indentation)
  (while (save-excursion (sup--skip-back) (eq (char-before) ?,))
    (sup--skip-back)
    (back-to-indentation)))

(defun sup--in-p (kind)
  "Whether point is in a statement that KIND, a regexp, matches.
Parentheses, strings and comments are not."
  (let ((state (syntax-ppss)))
    (and (not (nth 8 state))
         (not (and (nth 1 state) (memq (char-after (nth 1 state)) '(?\( ?\[))))
         (save-excursion (sup--to-statement) (looking-at-p kind)))))

(defun sup--search (words kind limit)
  "Search for one of WORDS before LIMIT, in a statement of KIND.
Its first word does not count."
  (let (found)
    (while (and (not found) (re-search-forward words limit t))
      (setq found (save-match-data
                    (save-excursion
                      (goto-char (match-beginning 0))
                      (and (/= (point) (save-excursion (sup--to-statement) (point)))
                           (sup--in-p kind))))))
    found))

(defvar sup-font-lock-keywords
  `((,(concat "^\\s-*\\(" sup--roles "\\)\\s-+\\(\\(?:\\sw\\|\\s_\\)+\\)") (1 font-lock-type-face) (2 font-lock-function-name-face))
    ("^\\s-*\\(policy\\)\\s-+\\(\\(?:\\sw\\|\\s_\\)+\\)" (1 font-lock-type-face) (2 font-lock-constant-face))
    (,(concat "^\\s-*" sup--statements) 1 font-lock-keyword-face)
    (,(lambda (limit) (sup--search sup--child-clauses sup--roles limit)) . font-lock-keyword-face)
    (,(lambda (limit) (sup--search sup--clauses "\\(?:intensity\\|limit\\|on\\|backoff\\|throttle\\|ready\\|health\\|shutdown\\|finish\\)\\_>" limit))
     . font-lock-keyword-face)
    (,(lambda (limit) (sup--search "\\_<[a-z_]+\\_>" "\\(?:strategy\\|restart\\|on\\|backoff\\)\\_>" limit)) . font-lock-constant-face)))

;;;; Indentation

(defun sup-indent-line ()
  "Indent the line as \"supgen fmt\" does."
  (interactive)
  (let ((column (save-excursion
                  (back-to-indentation)
                  (let ((closes (looking-at-p "[])}]")))
                    (sup--skip-back)
                    (if (bobp)
                        0
                      (let ((opens (memq (char-before) '(?\{ ?\( ?,))))
                        (sup--to-statement)
                        (max 0 (+ (current-indentation) (* tab-width (- (if opens 1 0) (if closes 1 0))))))))))
        (in-text (> (current-column) (current-indentation))))
    (if in-text
        (save-excursion (indent-line-to column))
      (indent-line-to column))))

;;;; Modes

(defvar sup-mode-syntax-table
  (let ((table (make-syntax-table prog-mode-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    table))

(defvar-local sup--validate nil
  "The command that checks the buffer, unless `flycheck-supgen-executable' does.")

(define-derived-mode sup-base-mode prog-mode "Sup"
  "What the modes for trees and for scripts share."
  :syntax-table sup-mode-syntax-table
  (setq-local comment-start "// " comment-start-skip "//+[ \t]*"
              compilation-error-screen-columns nil)) ; those of supgen are bytes

;;;###autoload
(define-derived-mode sup-mode sup-base-mode "Sup"
  "A mode for supervisor trees."
  (setq-local indent-tabs-mode t
              indent-line-function #'sup-indent-line
              electric-indent-chars '(?\n ?\} ?\))
              font-lock-defaults '(sup-font-lock-keywords))
  (unless (bound-and-true-p flycheck-supgen-executable)
    (setq sup--validate (sup--command "validate"))
    (setq-local flycheck-supgen-executable (car sup--validate)))
  (add-hook 'before-save-hook #'sup--before-save nil t))

;;;###autoload
(define-derived-mode sup-script-mode sup-base-mode "Sup Script"
  "A mode for scripts, which say what goes wrong in a tree."
  (setq-local font-lock-defaults
              '((("^\\s-*\\(seed\\|until\\|at\\)\\_>" 1 font-lock-keyword-face)
                 ("\\_<\\(?:expect\\|after\\|with\\|by\\|never\\)\\_>" . font-lock-keyword-face)
                 ("\\_<[[:upper:]]\\(?:\\sw\\|\\s_\\|[.#]\\)*" . font-lock-function-name-face))
                nil nil)))

;;;###autoload
(defun sup-script-or-simula-mode ()
  "Choose the mode of a .sim file: that of scripts where a tree is beside it."
  (if (and buffer-file-name
           (file-expand-wildcards (expand-file-name "*.sup" (file-name-directory buffer-file-name))))
      (sup-script-mode)
    (simula-mode)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.sup\\'" . sup-mode))
;;;###autoload
(add-to-list 'auto-mode-alist '("\\.sim\\'" . sup-script-or-simula-mode))

;;;; The command

(defun sup--command (&rest args)
  "The command that runs supgen with ARGS for this buffer.
It is the supgen that the module has as a tool, or else what is on the PATH."
  (let ((module (locate-dominating-file default-directory "go.mod")))
    (append (if (and module
                     (with-temp-buffer
                       (insert-file-contents (expand-file-name "go.mod" module))
                       (search-forward "github.com/supgen/supgen/cmd/supgen" nil t)))
                (list "go" "-C" (expand-file-name module) "tool" "supgen")
              (list "supgen"))
            args)))

(defun sup--directory ()
  "The directory of the buffer, or one above it if it is not there yet."
  (locate-dominating-file default-directory #'file-directory-p))

(defun sup--named-p ()
  "Whether the buffer has a name that supgen takes: app.sup.~HEAD~ is none."
  (string-suffix-p ".sup" (or buffer-file-name ".sup")))

;;;; Formatting

(defun sup-format ()
  "Format the buffer, unless it has syntax errors."
  (interactive)
  (let ((coding-system-for-read 'utf-8-unix)
        (coding-system-for-write 'utf-8-unix)
        (command (sup--command "fmt" "-"))
        (default-directory (sup--directory))
        (formatted (generate-new-buffer " *supgen fmt*")))
    (unwind-protect
        (when (and (executable-find (car command))
                   (eq 0 (apply #'call-process-region nil nil (car command) nil (list formatted nil) nil (cdr command))))
          (save-restriction
            (widen)
            (replace-buffer-contents formatted)))
      (kill-buffer formatted))))

(defun sup--before-save ()
  "Format the buffer, if that is wanted."
  (when sup-format-on-save
    (sup-format)))

;;;; The language server

(defvar eglot-server-programs)

(defun sup-server (&rest _)
  "The command that serves this buffer."
  (sup--command "lsp"))

(declare-function eglot-current-server "ext:eglot")
(declare-function jsonrpc-notify "ext:jsonrpc")
(declare-function jsonrpc-running-p "ext:jsonrpc")

(defun sup--buffers-beside (server)
  "The buffers of Go files and scripts around this one that SERVER does not have."
  (let ((root (or (locate-dominating-file default-directory "go.work")
                  (locate-dominating-file default-directory "go.mod"))))
    (seq-filter (lambda (buffer)
                  (with-current-buffer buffer
                    (and root buffer-file-name
                         (string-match-p "\\.\\(?:go\\|sim\\)\\'" buffer-file-name)
                         (file-in-directory-p buffer-file-name root)
                         (not (eq server (eglot-current-server))))))
                (buffer-list))))

(defun sup--with-buffers (ask &rest args)
  "Call ASK with ARGS, while the server has the Go and the scripts around this.
Eglot gives it the buffers of trees alone.  What it changes elsewhere has
to be at the places that are in the buffers, and not on the disk."
  (let* ((server (and (derived-mode-p 'sup-mode) (eglot-current-server)))
         (buffers (and server (sup--buffers-beside server)))
         (uri (lambda ()
                (funcall (if (fboundp 'eglot-path-to-uri) 'eglot-path-to-uri 'eglot--path-to-uri) buffer-file-name))))
    (unwind-protect
        (progn
          (dolist (buffer buffers)
            (with-current-buffer buffer
              (save-restriction
                (widen)
                (jsonrpc-notify server :textDocument/didOpen
                                (list :textDocument
                                      (list :uri (funcall uri) :languageId (file-name-extension buffer-file-name)
                                            ;; Eglot applies an edit to this version alone.
                                            :version (or (bound-and-true-p eglot--versioned-identifier) (bound-and-true-p eglot--docver) 0)
                                            :text (buffer-substring-no-properties (point-min) (point-max))))))))
          (apply ask args))
      (dolist (buffer (and buffers (jsonrpc-running-p server) buffers))
        (when (buffer-live-p buffer)
          (with-current-buffer buffer
            (jsonrpc-notify server :textDocument/didClose (list :textDocument (list :uri (funcall uri))))))))))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(sup-mode . sup-server))
  (dolist (command '(eglot-rename eglot-code-actions))
    (advice-add command :around #'sup--with-buffers)))

;;;; Compilation

(defvar compilation-arguments)
(defvar compilation-error-screen-columns)
(defvar compilation-error-regexp-alist)

(defun sup--compilation (_)
  "Where all of a command is supgen's, find only what has the form of its mistakes.
Emacs would also take an address in a timeline for a place."
  (when (string-match-p "\\`\\(?:go tool \\|go run [^ ]*/\\|[^ ]*/\\)?supgen\\(?:@[^ ]*\\)?\\(?: [^;&|\n]*\\)?\\'" (car compilation-arguments))
    (setq-local compilation-error-screen-columns nil)
    (setq-local compilation-error-regexp-alist
                '(("^\\(\\(?:[A-Za-z]:\\)?[^ \t\n:(<][^\n:(]*\\):\\([0-9]+\\):\\([0-9]+\\): \\(?:\\(warning: \\)\\|\\(note: \\)\\)?"
                   1 2 3 (4 . 5))))))

(add-hook 'compilation-start-hook #'sup--compilation)

;;;; Flymake

(defvar-local sup-flymake--process nil)

(defun sup-flymake (report &rest _)
  "Check the buffer, and call REPORT with what is wrong in it."
  (when (process-live-p sup-flymake--process)
    (delete-process (prog1 sup-flymake--process (setq sup-flymake--process nil))))
  (let* ((source (current-buffer))
         (name (or buffer-file-name ""))
         (default-directory (sup--directory))
         (place (concat "^" (regexp-quote (or buffer-file-name "<standard input>"))
                        ":\\([0-9]+\\):\\([0-9]+\\): \\(?:\\(warning\\|note\\): \\)?\\(.*\\)")))
    (setq sup-flymake--process
          (make-process
           :name "supgen" :noquery t :connection-type 'pipe :coding 'utf-8-unix
           :buffer (generate-new-buffer " *supgen validate*")
           :command (sup--command "validate" "--stdin-filename" name "-")
           :sentinel
           (lambda (process _)
             (unless (process-live-p process)
               (with-current-buffer (process-buffer process)
                 (goto-char (point-min))
                 (when (and (buffer-live-p source)
                            (eq process (buffer-local-value 'sup-flymake--process source)))
                   (let (found)
                     (while (re-search-forward place nil t)
                       (let ((at (flymake-diag-region source (string-to-number (match-string 1))
                                                      (string-to-number (match-string 2))))
                             (type (intern (concat ":" (or (match-string 3) "error")))))
                         (push (flymake-make-diagnostic source (car at) (cdr at) type (match-string 4)) found)))
                     (unless (or found (eq 0 (process-exit-status process)))
                       (let ((at (flymake-diag-region source 1))) ; for what is wrong elsewhere, as in go.mod
                         (push (flymake-make-diagnostic source (car at) (cdr at) :error (string-trim (buffer-string))) found)))
                     (funcall report found))))
               (kill-buffer (process-buffer process))))))
    (ignore-errors ; it may have ended before it has read
      (save-restriction
        (widen)
        (process-send-region sup-flymake--process (point-min) (point-max)))
      (process-send-eof sup-flymake--process))))

;;;###autoload
(defun sup-flymake-setup ()
  "Have Flymake check the buffer."
  (when (sup--named-p)
    (add-hook 'flymake-diagnostic-functions #'sup-flymake nil t)
    (flymake-mode)))

;;;; Flycheck

(with-eval-after-load 'flycheck
  (eval
   '(progn
      (flycheck-define-checker supgen
        "A checker of .sup files."
        :command ("supgen" (eval (or (cdr sup--validate) "validate")) "--stdin-filename" source-original "-")
        :standard-input t
        :error-patterns
        ((info line-start (or "<standard input>" (file-name)) ":" line ":" column ": note: " (message) line-end)
         (warning line-start (or "<standard input>" (file-name)) ":" line ":" column ": warning: " (message) line-end)
         (error line-start (or "<standard input>" (file-name)) ":" line ":" column ": " (message) line-end))
        :predicate sup--named-p
        :modes sup-mode)
      (add-to-list 'flycheck-checkers 'supgen))
   t))

(provide 'sup-mode)
;;; sup-mode.el ends here
