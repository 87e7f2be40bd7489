import {
  InputBoxValidationSeverity,
  QuickInputButtons,
  window,
  type Disposable,
  type QuickInput,
  type QuickPickItem,
} from 'vscode';

/** The user wants the question before this one. */
export const back = Symbol('back');

export type Answer<Value> = Value | typeof back | undefined;

export interface Judgement {
  message: string;
  /** An error keeps the answer from being given. */
  severity: InputBoxValidationSeverity;
}

interface Question {
  title: string;
  /** Where it stands in a row of questions, from 1; only a later one has a way back. */
  step?: { number: number; total: number };
}

export interface TextQuestion extends Question {
  prompt: string;
  placeholder?: string;
  value: string;
  /** For an empty box: filled in when it comes, unless something is there by then. */
  suggestion?: () => Promise<string>;
  judge: (value: string) => Judgement | undefined;
}

export interface ChoiceQuestion<Item extends QuickPickItem> extends Question {
  placeholder: string;
  items: readonly Item[];
  active?: Item | undefined;
}

/** Asks for a line of text, judged while it is typed. Undefined when the user backs out. */
export async function askText(question: TextQuestion): Promise<Answer<string>> {
  const input = window.createInputBox();
  input.prompt = question.prompt;
  input.placeholder = question.placeholder;
  input.value = question.value;
  const judge = (): Judgement | undefined => {
    const judgement = question.judge(input.value);
    input.validationMessage = judgement;
    return judgement;
  };
  input.onDidChangeValue(judge);
  return show(input, question, (answer) => {
    input.onDidAccept(() => {
      if (judge()?.severity !== InputBoxValidationSeverity.Error) answer(input.value);
    });
    // In a browser the clipboard may wait for the user's consent, so it must not hold up the input.
    if (input.value === '') {
      void question.suggestion?.().then(
        (text) => {
          if (input.value === '') input.value = text;
        },
        // A suggestion that cannot be had is none.
        () => undefined,
      );
    }
  });
}

/** Lets the user pick one. Undefined when the user backs out. */
export async function askChoice<Item extends QuickPickItem>(
  question: ChoiceQuestion<Item>,
): Promise<Answer<Item>> {
  const pick = window.createQuickPick<Item>();
  pick.placeholder = question.placeholder;
  pick.items = question.items;
  if (question.active) pick.activeItems = [question.active];
  return show(pick, question, (answer) => {
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item) answer(item);
    });
  });
}

interface Steps extends QuickInput {
  buttons: readonly (typeof QuickInputButtons.Back)[];
  onDidTriggerButton: (listener: () => void) => Disposable;
}

async function show<Value>(
  input: Steps,
  { title, step }: Question,
  listen: (answer: (value: Value) => void) => void,
): Promise<Answer<Value>> {
  input.title = title;
  input.ignoreFocusOut = true;
  if (step) {
    input.step = step.number;
    input.totalSteps = step.total;
  }
  if (step && step.number > 1) input.buttons = [QuickInputButtons.Back];
  try {
    return await new Promise<Answer<Value>>((resolve) => {
      input.onDidTriggerButton(() => resolve(back));
      input.onDidHide(() => resolve(undefined));
      listen(resolve);
      input.show();
    });
  } finally {
    input.dispose();
  }
}
