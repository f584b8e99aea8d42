// Quizzes that answer: a button for each choice, what is said of the chosen one below. Without scripts they unfold.
"use strict";

const quizzes = [...document.querySelectorAll(".course-quiz")];
let answered = 0;

function setUpQuiz(quiz, place) {
  const question = quiz.querySelector("b");
  question.id = `question-${place}`;
  const choices = document.createElement("div");
  choices.className = "choices";
  choices.setAttribute("role", "group");
  choices.setAttribute("aria-labelledby", question.id);
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  for (const fold of quiz.querySelectorAll("details")) choices.append(choiceOf(fold, said, quiz));
  quiz.append(choices, said);
}

function choiceOf(fold, said, quiz) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", "false");
  button.append(...fold.querySelector("summary").childNodes);
  const told = fold.querySelector("div");
  const isRight = told.textContent.trimStart().startsWith("✓");
  button.addEventListener("click", () => {
    for (const other of quiz.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
    button.className = isRight ? "is-right" : "is-wrong";
    if (isRight && !quiz.dataset.done) {
      quiz.dataset.done = "yes";
      answered += 1;
    }
    said.replaceChildren(...told.cloneNode(true).childNodes,
      ` (${answered} of ${quizzes.length} questions on this page answered rightly.)`);
  });
  fold.remove();
  return button;
}

quizzes.forEach(setUpQuiz);
