import {execFile} from 'node:child_process';
import * as vscode from 'vscode';

/** The program, and where it comes from, in words. */
export interface Supgen {
  path: string;
  from: string;
}

/** What a program printed, and how it ended. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Finds the supgen for a directory: what the settings say, the tool of its module, what is on the PATH. The tool comes first, so that
 * the editor agrees with the build; the go command builds it when that is needed.
 */
export async function find(dir: string): Promise<Supgen> {
  const path = vscode.workspace.getConfiguration('supgen', vscode.Uri.file(dir)).get<string>('path');
  if (path) {
    return {path, from: 'the setting supgen.path'};
  }
  const tool = await run('go', ['tool', '-n', 'supgen'], dir);
  if (tool.code === 0) {
    return {path: tool.stdout.trim(), from: `go tool supgen in ${dir}`};
  }
  if ((await run('supgen', ['version'], dir)).code === 0) {
    return {path: 'supgen', from: 'the PATH'};
  }
  throw new Error(
    'supgen was not found. Add it to the module with "go get -tool github.com/supgen/supgen/cmd/supgen@latest", ' +
      `or set supgen.path. (${tool.stderr.trim()})`,
  );
}

/** Runs a program to its end. Output in colour is for terminals. */
export function run(path: string, args: string[], cwd: string): Promise<Outcome> {
  return new Promise(resolve => {
    execFile(path, args, {cwd, maxBuffer: 64 << 20, env: {...process.env, NO_COLOR: '1'}}, (err, stdout, stderr) => {
      const code = typeof err?.code === 'number' ? err.code : err ? -1 : 0;
      resolve({code, stdout, stderr: stderr || (code === -1 ? err!.message : '')});
    });
  });
}
