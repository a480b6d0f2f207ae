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

-- opened are the buffers of Go files and scripts below a directory that a client does not have, as it would open them.
local function opened(client, root)
  local items = {}
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    local name = vim.api.nvim_buf_get_name(buffer)
    if vim.api.nvim_buf_is_loaded(buffer) and (name:match("%.go$") or name:match("%.sim$")) and vim.startswith(name, root .. "/") and not vim.lsp.buf_is_attached(buffer, client.id) then
      items[buffer] = {
        uri = vim.uri_from_bufnr(buffer),
        languageId = vim.bo[buffer].filetype,
        version = vim.api.nvim_buf_get_changedtick(buffer),
        text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, true), "\n") .. "\n",
      }
    end
  end
  return items
end

-- with_buffers has a client show its server the buffers of Go files and scripts with each request whose answer may change them: that has to be at the places
-- that are in the buffers, and not on the disk.
local function with_buffers(client)
  local request = client.request
  client.request = function(...)
    local args = { ... }
    if args[1] == client then -- Neovim 0.11
      table.remove(args, 1)
    end
    local method, params, handler, buffer = args[1], args[2], args[3], args[4]
    if method ~= "textDocument/rename" and method ~= "textDocument/codeAction" then
      return request(...)
    end
    handler = handler or (client.handlers or {})[method] or vim.lsp.handlers[method]
    local items = opened(client, client.config.root_dir)
    for _, item in pairs(items) do
      client.notify("textDocument/didOpen", { textDocument = item })
    end
    local function answered(err, result, ...)
      for of, item in pairs(items) do
        if vim.api.nvim_buf_is_loaded(of) and vim.api.nvim_buf_get_changedtick(of) ~= item.version then
          return handler({ code = -32801, message = "a file has changed meanwhile; ask again" }, nil, ...)
        end
      end
      return handler(err, result, ...)
    end
    args = { method, params, answered, buffer }
    if select(1, ...) == client then
      table.insert(args, 1, client)
    end
    local sent, id = request(unpack(args, 1, 5))
    for _, item in pairs(items) do -- a request is about what there was when it came
      client.notify("textDocument/didClose", { textDocument = { uri = item.uri } })
    end
    return sent, id
  end
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
  local config = { name = "supgen", cmd = M.command(file), root_dir = M.root(file), on_init = with_buffers, on_attach = attached }
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
