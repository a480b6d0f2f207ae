-- The language server of .sup files, for Neovim's own client.
local M = {}

local tool = "github.com/supgen/supgen/cmd/supgen"

-- above returns the nearest directory, from that of a file upwards, that has a file of this name; nil if none has.
local function above(file, name)
  local dir = vim.fn.fnamemodify(file, ":p:h")
  while vim.fn.filereadable(dir .. "/" .. name) == 0 do
    local parent = vim.fn.fnamemodify(dir, ":h")
    if parent == dir then
      return nil
    end
    dir = parent
  end
  return dir
end

-- command returns what serves a file: the supgen that its module has as a tool, or else what is on PATH.
function M.command(file)
  local module = above(file, "go.mod")
  if module and table.concat(vim.fn.readfile(module .. "/go.mod"), "\n"):find(tool, 1, true) then
    return { "go", "-C", module, "tool", "supgen", "lsp" }
  end
  return { "supgen", "lsp" }
end

-- root returns the directory that a server is for.
function M.root(file)
  return above(file, "go.work") or above(file, "go.mod") or vim.fn.fnamemodify(file, ":p:h")
end

local options = {}
local clients = {} -- by root, where the client itself does not look for one that runs

local function attached(_, buffer)
  vim.bo[buffer].tagfunc, vim.bo[buffer].omnifunc = "v:lua.vim.lsp.tagfunc", "v:lua.vim.lsp.omnifunc"
  if options.format_on_save == false then
    return
  end
  vim.api.nvim_create_autocmd("BufWritePre", {
    group = vim.api.nvim_create_augroup("supgen_format_" .. buffer, {}),
    buffer = buffer,
    callback = function()
      local format = vim.lsp.buf.format or vim.lsp.buf.formatting_sync
      format()
    end,
  })
end

local function start(buffer)
  local file = vim.api.nvim_buf_get_name(buffer)
  local config = { name = "supgen", cmd = M.command(file), root_dir = M.root(file), on_attach = attached }
  if vim.fn.executable(config.cmd[1]) == 0 then
    vim.notify_once("supgen: the module has no such tool; add it with: go get -tool " .. tool, vim.log.levels.WARN)
    return
  end
  if vim.lsp.start then -- Neovim 0.8
    vim.lsp.start(config)
    return
  end
  local id = clients[config.root_dir]
  if not id or vim.lsp.client_is_stopped(id) then
    id = vim.lsp.start_client(config)
    clients[config.root_dir] = id
  end
  vim.lsp.buf_attach_client(buffer, id)
end

-- setup starts the server for each tree that is opened. Trees are formatted when they are saved, unless format_on_save is false.
function M.setup(with)
  options = with or {}
  vim.api.nvim_create_autocmd("FileType", {
    group = vim.api.nvim_create_augroup("supgen", {}),
    pattern = "sup",
    callback = function(event)
      start(event.buf)
    end,
  })
end

return M
