import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { fromRoot } from '../support/paths.js';

/** What api-extractor writes of a symbol, as far as it is rendered. */
export interface ApiItem {
  kind: string;
  name: string;
  docComment?: string;
  releaseTag?: string;
  excerptTokens?: { text: string }[];
  isOptional?: boolean;
  members?: ApiItem[];
}

/**
 * The public symbols of an entry, as api-extractor reads them from its compiled types.
 *
 * @param file from the repository's root, such as `dist/inference/node.d.ts`
 * @throws Error where a symbol shows a type of ours that the entry does not export
 */
export function extractApi(file: string): ApiItem[] {
  const scratch = mkdtempSync(join(tmpdir(), 'serkit-api-'));
  const output = join(scratch, 'entry.api.json');
  const forgotten: string[] = [];
  const silent = { default: { logLevel: ExtractorLogLevel.None } };
  try {
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: fromRoot('.'),
        mainEntryPointFilePath: fromRoot(file),
        compiler: { overrideTsconfig: { compilerOptions, files: [fromRoot(file)] } },
        docModel: { enabled: true, apiJsonFilePath: output },
        apiReport: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: {
          compilerMessageReporting: silent,
          tsdocMessageReporting: silent,
          extractorMessageReporting: { ...silent, 'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning } },
        },
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: fromRoot('package.json'),
    });
    Extractor.invoke(config, {
      localBuild: true,
      messageCallback: (message) => {
        message.handled = true;
        if (message.messageId === 'ae-forgotten-export') forgotten.push(message.text);
      },
    });
    if (forgotten.length > 0) throw new Error(`${file}: ${forgotten.join('; ')}`);
    const { members } = JSON.parse(readFileSync(output, 'utf8')) as ApiItem;
    return members![0].members!; // the package's one entry
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  lib: ['es2023', 'dom'],
  types: ['node'],
  strict: true,
  skipLibCheck: true,
};
