"""Makes expected.json: what transformers renders of the templates beside it, for each conversation of conversations.json,
without and with the beginning of an answer; null where the template refuses.

    python make.py            # needs transformers and jinja2
"""

import glob
import json
import os

import jinja2
from transformers.utils.chat_template_utils import render_jinja_template

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "conversations.json"), encoding="utf-8") as file:
    conversations = json.load(file)

expected = {}
for path in sorted(glob.glob(os.path.join(HERE, "*.jinja"))):
    with open(path, encoding="utf-8") as file:
        template = file.read()
    texts = []
    for messages in conversations:
        for answer in (False, True):
            try:
                rendered, _ = render_jinja_template(
                    [messages], chat_template=template, add_generation_prompt=answer, bos_token="<s>", eos_token="</s>"
                )
                texts.append(rendered[0])
            except jinja2.exceptions.TemplateError as error:
                texts.append(None)
    expected[os.path.basename(path)] = texts
with open(os.path.join(HERE, "expected.json"), "w", encoding="utf-8") as file:
    json.dump(expected, file, ensure_ascii=False, indent=1)
    file.write("\n")
