/** The studies as this site shows them: of the shown tier, from its records. */
import { studyNames } from '../../../../evaluate/plan/studies.ts';
import { studyState, type StudyState } from '../../../../evaluate/plan/studyState.ts';
import { readLengthRecords } from '../../../../leaderboards/records/readLengths.ts';
import { records, shownTier } from './data.ts';

export const studyTier = shownTier?.tier ?? 'lite';

// astro.config.ts always sets the folder.
const tests = readLengthRecords(process.env.REACH_RECORDS!);

export const studyStates: StudyState[] = studyNames.map((name) =>
  studyState(name, records, { tier: studyTier, tests }),
);
