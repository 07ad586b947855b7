import { render } from "preact";
import { App } from "./app";
import { takeReturned } from "./authorization";
import { takeTokenFromLink } from "./session";
import { applyTheme, chosenTheme } from "./theme";

applyTheme(chosenTheme());
takeTokenFromLink();
const root = document.getElementById("console");
if (root) render(<App returned={takeReturned()} />, root);
