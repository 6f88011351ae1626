import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadClip, openCorpus, summarise } from '../../pipeline/datasets/index.js';
import { namedClips, withFiles } from './temporary-folder.js';

describe('RAVDESS', () => {
  test('reads label, actor, gender and intensity from the name, in any folder and format', async () => {
    const files = namedClips('Actor_01/03-01-05-02-01-01-01.wav', 'x/y/03-01-08-01-02-02-24.FLAC');
    const { clips, problems, labels } = await withFiles(files, (folder) => openCorpus(`ravdess:${folder}`));
    expect(problems).toEqual([]);
    expect(labels).toEqual(['neutral', 'calm', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised']);
    expect(clips).toMatchObject([
      { id: 'Actor_01/03-01-05-02-01-01-01.wav', label: 'angry', speaker: '01', gender: 'male', intensity: 'strong' },
      { id: 'x/y/03-01-08-01-02-02-24.FLAC', label: 'surprised', speaker: '24', gender: 'female', intensity: 'normal' },
    ]);
  });

  test.each([
    ['03-01-09-01-01-01-01.wav', /^emotion 09 is unknown \(supported: 01 neutral, 02 calm, .*08 surprised\)$/],
    ['03-01-00-01-01-01-01.wav', /^emotion 00 is unknown/],
    ['03-02-03-01-01-01-01.wav', /^channel 02 \(song\) is not supported: 01 speech$/],
    ['01-01-03-01-01-01-01.wav', /^modality 01 \(audio and video\) is not supported: 03 audio$/],
    ['03-01-03-03-01-01-01.wav', /^intensity 03 is unknown \(supported: 01 normal, 02 strong\)$/],
    ['03-01-03-01-01-01-25.wav', /^actor 25 is unknown \(supported: 01 to 24\)$/],
    ['hello.wav', /^the name is not modality-channel-emotion/],
    ['again/03-01-03-01-01-01-02.wav', /^the same name as Actor_02\/03-01-03-01-01-01-02.wav$/],
  ])('%s becomes a problem, the others stay', async (file, reason) => {
    const files = namedClips('Actor_02/03-01-03-01-01-01-02.wav', file);
    const { clips, problems } = await withFiles(files, (folder) => openCorpus(`ravdess:${folder}`));
    expect(clips).toHaveLength(1);
    expect(problems).toEqual([{ file, reason: expect.stringMatching(reason) }]);
  });
});

describe('CREMA-D', () => {
  const clips = namedClips(
    'AudioWAV/1001_DFA_ANG_XX.wav',
    'AudioWAV/1001_IEO_SAD_HI.wav',
    'AudioWAV/1002_ITH_SAD_X.wav',
    'AudioWAV/1002_IEO_NEU_XX.wav',
  );
  const demographics =
    'ActorID,Age,Sex,Race,Ethnicity\r\n1001,51,Male,Caucasian,Not Hispanic\r\n1002,21,Female,Asian,Hispanic\r\n';

  test.each(['VideoDemographics.csv', 'AudioWAV/VideoDemographics.csv'])('takes genders from %s', async (place) => {
    const corpus = await withFiles({ ...clips, [place]: demographics }, (folder) => openCorpus(`crema-d:${folder}`));
    expect(corpus.problems).toEqual([]);
    expect(corpus.clips[0]).toMatchObject({ label: 'angry', speaker: '1001', gender: 'male', intensity: 'XX' });
    expect(summarise(corpus).byGenderAndLabel).toEqual({
      male: { neutral: 0, happy: 0, sad: 1, angry: 1, fearful: 0, disgust: 0 },
      female: { neutral: 1, happy: 0, sad: 1, angry: 0, fearful: 0, disgust: 0 },
    });
    expect(summarise(corpus).byIntensity).toEqual({ XX: 3, HI: 1 });
  });

  test('takes them from the folder above the clips as well', async () => {
    const files = { ...clips, 'VideoDemographics.csv': demographics };
    const corpus = await withFiles(files, (folder) => openCorpus(`crema-d:${join(folder, 'AudioWAV')}`));
    expect(corpus.clips.map(({ gender }) => gender)).toEqual(['male', 'male', 'female', 'female']);
  });

  test('says so where there is no such file, or no row', async () => {
    const without = await withFiles(clips, (folder) => openCorpus(`crema-d:${folder}`));
    expect(without.clips).toHaveLength(4);
    expect(without.problems).toEqual([
      { file: 'VideoDemographics.csv', reason: expect.stringContaining('no genders') },
    ]);
    const files = { ...clips, 'VideoDemographics.csv': 'ActorID,Age,Sex\n1001,51,Male\n' };
    const { problems } = await withFiles(files, (folder) => openCorpus(`crema-d:${folder}`));
    expect(problems).toEqual([{ file: 'VideoDemographics.csv', reason: 'no row for actor 1002: gender unknown' }]);
  });

  test('refuses a table that is not one', async () => {
    const files = { ...clips, 'VideoDemographics.csv': 'Actor,Gender\n1001,Male\n' };
    await expect(withFiles(files, (folder) => openCorpus(`crema-d:${folder}`))).rejects.toThrow(
      /VideoDemographics\.csv: columns ActorID and Sex/,
    );
  });

  test.each([
    ['1001_DFA_FOO_XX.wav', 'emotion FOO is unknown (supported: NEU, HAP, SAD, ANG, FEA, DIS)'],
    ['1001_DFA_constructor_XX.wav', expect.stringContaining('the name is not')],
    ['1001_DFA_ANG_ZZ.wav', 'level ZZ is unknown (supported: LO, MD, HI, XX)'],
    ['1001_DFA_ANG.wav', expect.stringContaining('the name is not ActorID_SENTENCE_EMOTION_LEVEL')],
  ])('%s becomes a problem', async (file, reason) => {
    const files = { ...clips, ...namedClips(file), 'VideoDemographics.csv': demographics };
    const { problems } = await withFiles(files, (folder) => openCorpus(`crema-d:${folder}`));
    expect(problems).toEqual([{ file, reason }]);
  });
});

describe('a folder', () => {
  test('has a label per subfolder', async () => {
    const files = { ...namedClips('sad/b.mp3', 'sad/deep/a.ogg', 'angry/a.opus', 'loose.wav'), 'sad/notes.txt': 'x' };
    const { clips, labels, problems } = await withFiles(files, openCorpus);
    expect(labels).toEqual(['angry', 'sad']);
    expect(clips.map(({ id, label, speaker }) => [id, label, speaker])).toEqual([
      ['angry/a.opus', 'angry', undefined],
      ['sad/b.mp3', 'sad', undefined],
      ['sad/deep/a.ogg', 'sad', undefined],
    ]);
    expect(problems).toEqual([
      { file: 'loose.wav', reason: 'not in the subfolder of a label (supported: LABEL/clip.wav)' },
    ]);
  });

  test('empty files, links to nowhere and hidden files are told apart', async () => {
    await withFiles({ ...namedClips('a/one.wav', 'a/._one.wav'), 'a/empty.wav': '' }, async (folder) => {
      await symlink('/nowhere/two.wav', join(folder, 'a', 'two.wav'));
      const { clips, problems } = await openCorpus(folder);
      expect(clips.map(({ id }) => id)).toEqual(['a/one.wav']);
      expect(problems).toEqual([
        { file: 'a/empty.wav', reason: 'empty file' },
        { file: 'a/two.wav', reason: 'no such file' },
      ]);
    });
  });

  test('linked folders are followed, a ring of links only once', async () => {
    await withFiles(namedClips('elsewhere/one.wav'), async (folder) => {
      await mkdir(join(folder, 'corpus', 'sad'), { recursive: true });
      await symlink(join(folder, 'elsewhere'), join(folder, 'corpus', 'happy'));
      await symlink(join(folder, 'corpus'), join(folder, 'corpus', 'sad', 'ring'));
      await writeFile(join(folder, 'corpus', 'sad', 'two.wav'), 'two');
      expect((await openCorpus(join(folder, 'corpus'))).clips.map(({ id }) => id)).toEqual([
        'happy/one.wav',
        'sad/two.wav',
      ]);
    });
  });

  test('of RAVDESS is not mistaken for labels', async () => {
    await expect(withFiles(namedClips('Actor_01/03-01-05-02-01-01-01.wav'), openCorpus)).rejects.toThrow(
      /these are clips of RAVDESS.*open it as ravdess:/,
    );
  });

  test('identical clips have one hash', async () => {
    const corpus = await withFiles({ 'a/1.wav': 'same', 'b/2.wav': 'same', 'b/3.wav': 'other' }, openCorpus);
    expect(summarise(corpus).identical).toEqual([['a/1.wav', 'b/2.wav']]);
  });
});

describe('a manifest', () => {
  const clips = namedClips('one.wav', 'deep/two.flac');

  test('.csv and .jsonl say the same', async () => {
    const csv =
      '\uFEFFpath, Label,speaker,gender,intensity,text\none.wav,sad,7,Female,low,"Hello, you"\ndeep/two.flac,happy,8,male,,\n';
    const jsonl =
      '{"path":"one.wav","label":"sad","speaker":7,"gender":"female","intensity":"low"}\n\n' +
      '{"path":"./deep/two.flac","label":"happy","speaker":"8","gender":"male"}';
    await withFiles({ ...clips, 'a.csv': csv, 'a.jsonl': jsonl }, async (folder) => {
      const fromCsv = await openCorpus(join(folder, 'a.csv'));
      expect(fromCsv).toEqual(await openCorpus(join(folder, 'a.jsonl')));
      expect(fromCsv.name).toBe('a');
      expect(fromCsv.labels).toEqual(['happy', 'sad']);
      expect(fromCsv.clips).toMatchObject([
        { id: 'one.wav', label: 'sad', speaker: '7', gender: 'female', intensity: 'low' },
        { id: 'deep/two.flac', label: 'happy', speaker: '8', gender: 'male' },
      ]);
      expect(fromCsv.problems).toEqual([]);
    });
  });

  const good = 'one.wav,sad,7,female\n';
  test.each([
    ['gone.wav,sad,7,male', 'gone.wav', 'no such file'],
    ['deep,sad,7,male', 'deep', 'a file without extension is no clip (supported: .wav, .flac, .mp3, .ogg, .opus)'],
    ['one.wav,happy,7,male', 'one.wav', 'listed again in line 3'],
    ['./one.wav,happy,7,male', 'one.wav', 'listed again in line 3'],
    ['deep/two.flac,happy,,male', 'deep/two.flac', expect.stringContaining('no speaker, while other clips have one')],
    ['deep/two.flac,happy,7,robot', 'm.csv line 3', 'gender is not female or male'],
    ['deep/two.flac,,7,male', 'm.csv line 3', 'label is missing or not text'],
  ])('the line %s becomes a problem', async (line, file, reason) => {
    const files = { ...clips, 'm.csv': `path,label,speaker,gender\n${good}${line}\n` };
    const corpus = await withFiles(files, (folder) => openCorpus(join(folder, 'm.csv')));
    expect(corpus.clips.map(({ id }) => id)).toEqual(['one.wav']);
    expect(corpus.problems).toEqual([{ file, reason }]);
  });

  test('a line that is not JSON becomes a problem', async () => {
    const files = { ...clips, 'm.jsonl': '{"path":"one.wav","label":"sad"}\n{"path":' };
    const { problems } = await withFiles(files, (folder) => openCorpus(join(folder, 'm.jsonl')));
    expect(problems).toEqual([{ file: 'm.jsonl line 2', reason: expect.stringContaining('not a JSON object') }]);
  });

  test.each([
    ['m.csv', 'file,label\none.wav,sad\n', /^\S+m\.csv: no column 'path', only file, label \(supported: path, label/],
    ['m.csv', 'path,emotion\none.wav,sad\n', /no column 'label'/],
    ['m.csv', 'path,label\none.wav,sad,7,8\n', /m\.csv: not a CSV table \(/],
    ['m.csv', 'path,label\n', /m\.csv: an empty manifest/],
    ['m.jsonl', '', /m\.jsonl: an empty manifest/],
  ])('%s holding %j is refused in one line', async (name, content, message) => {
    const opened = withFiles({ ...clips, [name]: content }, (folder) => openCorpus(join(folder, name)));
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toThrow(/^[^\n]*$/);
  });
});

describe('openCorpus', () => {
  test.each([
    ['/nowhere/at/all', /^\/nowhere\/at\/all: no such folder$/],
    ['ravdess:/nowhere', /^\/nowhere: no such folder$/],
    ['/nowhere.csv', /^\/nowhere\.csv: no such file$/],
    ['emodb:/data', /^emodb:\/data: no corpus 'emodb' \(supported: synthetic, .*manifest\)$/],
    ['ravdess:', /^ravdess:: nothing after the colon/],
  ])('%s is refused in one line', async (data, message) => {
    await expect(openCorpus(data)).rejects.toThrow(message);
  });

  test('a folder without clips, a file for a folder, and clips of another corpus are refused', async () => {
    await withFiles({ 'notes.txt': 'x', 'a/one.wav': 'y' }, async (folder) => {
      await mkdir(join(folder, 'empty'));
      await expect(openCorpus(join(folder, 'empty'))).rejects.toThrow(
        /empty: no clips in this folder \(supported: \.wav,/,
      );
      await expect(openCorpus(join(folder, 'notes.txt'))).rejects.toThrow(/notes\.txt: not a folder$/);
      await expect(openCorpus(`ravdess:${folder}`)).rejects.toThrow(
        /none of its 1 files can be used, such as a\/one.wav: /,
      );
    });
  });

  test('a clip with unsound content is found out when it is loaded, by name', async () => {
    await withFiles(namedClips('a/one.wav'), async (folder) => {
      const { clips } = await openCorpus(folder);
      await expect(loadClip(clips[0], 16_000)).rejects.toThrow(/a\/one\.wav: /);
    });
  });
});
