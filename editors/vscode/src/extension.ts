import {dirname} from 'node:path';
import * as vscode from 'vscode';
import {LanguageClient} from 'vscode-languageclient/node';
import {newClient} from './client';
import {draw, follow, redraw} from './drawing';
import {find, run} from './supgen';

let client: LanguageClient | undefined;
let channel: vscode.LogOutputChannel;
let status: vscode.LanguageStatusItem;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  channel = vscode.window.createOutputChannel('supgen', {log: true});
  status = vscode.languages.createLanguageStatusItem('supgen', {language: 'sup'});
  status.name = 'supgen';
  status.command = {command: 'supgen.restart', title: 'Restart'};

  const command = (name: string, does: (uri: vscode.Uri) => Promise<unknown>) =>
    vscode.commands.registerCommand(name, async (uri?: vscode.Uri) => {
      const of = uri ?? vscode.window.activeTextEditor?.document.uri;
      if (!of || of.scheme !== 'file') {
        return vscode.window.showInformationMessage('Open a .sup file first: the command is about its directory.');
      }
      await vscode.workspace.textDocuments.find(d => d.uri.toString() === of.toString())?.save(); // it reads what is on the disk
      return does(of).catch(complain);
    });

  context.subscriptions.push(
    channel,
    status,
    command('supgen.generate', uri => generate(uri, complain)),
    command('supgen.validate', validate),
    command('supgen.graph', uri => draw('graph', uri)),
    command('supgen.simulate', uri => draw('simulate', uri)),
    vscode.commands.registerCommand('supgen.restart', restart),
    vscode.workspace.onDidSaveTextDocument(saved),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration(e => e.affectsConfiguration('supgen.path') && restart()),
    vscode.window.onDidChangeTextEditorSelection(e => follow(e.textEditor)),
  );
  await restart();
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}

/** Starts the language server, of the module of the file that is open or else of the first folder, in place of the one that runs. */
async function restart(): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    return; // the module decides which program it is
  }
  const file = [vscode.window.activeTextEditor?.document, ...vscode.workspace.textDocuments].find(d => d?.languageId === 'sup');
  const dir = file?.uri.scheme === 'file' ? dirname(file.uri.fsPath) : vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (!dir) {
    return;
  }
  status.busy = true;
  try {
    await client?.dispose();
    const supgen = await find(dir);
    client = newClient(supgen, dir, channel);
    await client.start();
    const version = client.initializeResult?.serverInfo?.version ?? '';
    status.text = `supgen ${version}`;
    status.detail = supgen.from;
    channel.info(`supgen ${version} from ${supgen.from}: ${supgen.path}`);
  } catch (err) {
    status.text = 'supgen is not running';
    status.severity = vscode.LanguageStatusSeverity.Error;
    complain(err);
  } finally {
    status.busy = false;
  }
}

/** Generates the Go code of the directory of a file. What is wrong in it the language server shows. */
async function generate(uri: vscode.Uri, failed: (err: unknown) => void): Promise<void> {
  const dir = dirname(uri.fsPath);
  const {path} = await find(dir);
  const {code, stderr} = await run(path, ['generate', '.'], dir);
  channel.info(stderr.trim() || 'generated');
  if (code !== 0) {
    return failed(new Error(stderr.trim()));
  }
  vscode.window.setStatusBarMessage(`supgen: ${stderr.trim().split('\n').at(-1) || 'generated'}`, 5000);
}

/** Validates all packages below the folder of a file, with their Go types, as a task: what it finds is among the problems. */
async function validate(uri: vscode.Uri): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const dir = folder?.uri.fsPath ?? dirname(uri.fsPath);
  const {path} = await find(dirname(uri.fsPath));
  const execution = new vscode.ProcessExecution(path, ['validate', '--types', './...'], {cwd: dir});
  const task = new vscode.Task({type: 'supgen'}, folder ?? vscode.TaskScope.Workspace, 'validate', 'supgen', execution, '$supgen');
  await vscode.tasks.executeTask(task);
}

async function saved(document: vscode.TextDocument): Promise<void> {
  if (document.languageId !== 'sup' && document.languageId !== 'sup-script') {
    return;
  }
  redraw(document.uri);
  if (document.languageId === 'sup' && vscode.workspace.getConfiguration('supgen', document).get('generateOnSave')) {
    await generate(document.uri, err => channel.warn(String(err))).catch(complain);
  }
}

function complain(err: unknown): void {
  const message = err instanceof Error ? err.message : String(err);
  channel.error(message);
  void vscode.window.showErrorMessage(message.split('\n')[0], 'Show All').then(chosen => chosen && channel.show());
}
