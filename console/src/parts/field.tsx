import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface TextFieldProperties {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: ComponentChildren;
  problem?: string | undefined;
  type?: "text" | "email" | "search" | "password";
  lines?: number;
  plainText?: boolean; // no spelling, no suggestions: ids and tokens
  placeholder?: string;
  maxLength?: number;
}

export function TextField(field: TextFieldProperties) {
  const id = useId();
  const described = [field.hint && `${id}-hint`, field.problem && `${id}-problem`].filter(Boolean).join(" ");
  const common = {
    id,
    value: field.value,
    placeholder: field.placeholder,
    maxLength: field.maxLength,
    "aria-describedby": described || undefined,
    "aria-invalid": field.problem ? ("true" as const) : undefined,
    ...(field.plainText ? { autocomplete: "off" as const, spellcheck: false, autocapitalize: "off" as const } : {}),
  };
  return (
    <div class="field">
      <label for={id}>{field.label}</label>
      {field.lines ? (
        <textarea {...common} rows={field.lines} onInput={(event) => field.onInput(event.currentTarget.value)} />
      ) : (
        <input
          {...common}
          type={(field.type ?? "text") as "text"}
          onInput={(event) => field.onInput(event.currentTarget.value)}
        />
      )}
      {field.hint && (
        <p id={`${id}-hint`} class="hint">
          {field.hint}
        </p>
      )}
      {field.problem && (
        <p id={`${id}-problem`} class="field-problem" role="alert">
          {field.problem}
        </p>
      )}
    </div>
  );
}

interface SelectFieldProperties {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: { value: string; text: string }[];
  hint?: ComponentChildren;
}

export function SelectField({ label, value, onChange, options, hint }: SelectFieldProperties) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

interface ChoicesProperties<Value extends string> {
  legend: string;
  value: Value;
  onChange: (value: Value) => void;
  options: { value: Value; text: ComponentChildren; hint?: string }[];
}

export function Choices<Value extends string>({ legend, value, onChange, options }: ChoicesProperties<Value>) {
  const name = useId();
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} class="choice">
          <input type="radio" name={name} checked={value === option.value} onChange={() => onChange(option.value)} />
          <span>
            {option.text}
            {option.hint && <span class="hint">{option.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface CheckFieldProperties {
  label: ComponentChildren;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: string;
}

export function CheckField({ label, checked, onChange, hint }: CheckFieldProperties) {
  return (
    <label class="choice">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>
        {label}
        {hint && <span class="hint">{hint}</span>}
      </span>
    </label>
  );
}
