"""The words of advertising, in English, Persian and Russian, as they read after normalisation.

The lists are short on purpose: each line is something that a reader of news seldom writes, or counts only
beside other evidence. What a site meets besides is for its own word lists and for the learnt model.
A line is a regular expression in which a space stands for any white space.
"""

# ruff: noqa: E501  one phrase a line, so that a change shows which phrase changed

import re


def any_of(*phrases: str) -> re.Pattern[str]:
    """One pattern for a list of phrases, each beginning at the beginning of a word."""
    lines = [line.strip() for phrase in phrases for line in phrase.splitlines()]
    return re.compile(r"(?<!\w)(?:" + "|".join(_spaced(line) for line in lines if line) + ")")


def _spaced(line: str) -> str:
    return line.replace(" ?", r"\s{0,3}").replace(" ", r"\s{1,3}")


AMOUNT = (
    r"(?:[$€£₹]\s?\d[\d,.\s]{0,12}k?|\d[\d,.\s]{0,12}k?\s?(?:usd|dollars?|euros?|pounds?|btc|eth|usdt|[$€£₹]))"
)

# Somebody pays you, or multiplies what you pay. One is enough to make a moderator look.
OFFERS = any_of(
    rf"""
    (?:earn|make|making|earning) (?:some |extra |easy |real |fast |good )?(?:money|cash|income) (?:online|from home|fast|easily|daily|with|by)
    (?:earn|make|receive) (?:up to |over |around )?{AMOUNT} (?:every|per|a|each|in|within) (?:\d+ )?(?:day|week|hour|month|business)
    (?:earn|get paid|income) (?:from home|to work from home|daily|weekly)
    (?:get|getting|be) paid (?:daily|weekly|for sharing|to share|to click)
    work(?:ing)? from home (?:and|job|opportunity|while)
    (?:guaranteed|massive|huge|daily|weekly) (?:profits?|returns|income|payouts?|earnings)
    double (?:your|my) (?:money|bitcoins?|investment)
    financial freedom
    binary (?:options?|trad(?:e|ing))
    (?:forex|fx|crypto|bitcoin|btc|cryptocurrency) (?:trad(?:ers?|ing)|signals?|mining|investments?|expert|platform|account manager)
    (?:recover(?:ed|y|ing)?|retrieve[ds]?) (?:of )?(?:my|your|all|their)? ?(?:lost |stolen )?(?:funds|bitcoins?|crypto)
    (?:no|without) (?:experience|credit check|collateral) (?:is )?(?:needed|required)
    (?:pay ?day|instant|urgent|personal|business) loans? (?:at|from|offer|with|available|online|approval)
    (?:we|i) (?:offer|give|grant|provide) (?:out )?(?:all kinds of |any kind of )?loans
    free (?:gift ?cards?|bitcoins?|iphones?|robux|v ?bucks|coins|money online|trial|spins)
    claim (?:your|ur|a|the) (?:\w+ )?(?:prize|reward|bonus|gift|voucher|cash)
    you(?: have|'ve|ve)? (?:won|been selected|been chosen) (?:a|an|for|as|to|the|£|\$|€)
    (?:guaranteed|cash) (?:prize|award)
    (?:limited|special)[\s-](?:time )?offer
    (?:\d+ ?%|\d+ percent) (?:welcome |deposit )?bonus
    """,
    r"""
    (?:доп(?:олнительн\w*)? )?зарабо?т(?:ок|ка|ку|ке) (?:от|в|на|до|без|удал|онлайн)
    (?:доход\w*|заработ\w*|прибыль\w*|плачу|оплата|зп) (?:- )?(?:от )?\d[\d\s.,]{0,9}к? ?(?:[$€₽р%]|руб|usd|тыс|дол)
    (?:от )?\d[\d\s.,]{0,9} ?(?:[$€₽р]|руб\w*|дол\w*) ?(?:в|за|/) ?(?:день|неделю|сутки|час|месяц)
    (?:удал[её]нн?\w*|дистанционн\w*) (?:работ\w*|заработ\w*|доход\w*|формат\w*|занятост\w*)
    (?:заработ\w*|работ\w*) (?:удал[её]нно|на удал[её]нке)
    (?:набираю|набираем|ищу|ищем|требу[ею]тся|нужны|открыт набор|веду набор|ведется набор) (?:в |срочно |\d+ |активных |энергичных |ответственных )*(?:команду|людей|человека?|партн[её]р\w*|сотрудник\w*|желающих|ребят)
    бесплатн\w* обуч\w*
    обуч(?:аю|аем|ение|у) (?:вс\w+ )?(?:бесплатн\w*|с нуля)
    без (?:опыта|вложений|отказа|залога)
    опыт не (?:требуется|нужен|важен)
    (?:бонус|фриспин)\w* (?:к|на|за|до) (?:первому |перв\w+ )?(?:депозит\w*|регистраци\w*)
    (?:арбитраж\w*|трейдинг\w*|заработ\w*|связк\w*|доход\w*|обменник\w*) (?:в |на |по |сфере )*(?:крипт\w*|p2p|цифров\w*|бирж\w*|usdt)
    (?:сфер[аеу]|направлени\w*) (?:цифров\w*|крипт\w*)
    (?:займ|кредит)\w* (?:без|онлайн|на карту)
    """,
    r"""
    کسب ?و? ?(?:درآمد|درامد|پول)
    (?:درآمد|درامد) (?:روزانه|دلاری|ماهانه|اینترنتی|میلیونی|ثابت|تضمینی|در منزل|بدون)
    کار در منزل
    سود (?:تضمینی|روزانه|ماهیانه|ثابت)
    وام (?:فوری|بدون|آنلاین)
    (?:سیگنال|آموزش) (?:رایگان|vip|ارز|فارکس)
    (?:برنده|برنده ی|برندهی) (?:شدید|شده اید|شدهاید|جایزه)
    """,
)

# Money matters: the daily bread of a news site, and no evidence by themselves.
MONEY = any_of(
    rf"""
    {AMOUNT}
    invest(?:ed|ing|ments?|ors?)?\b
    (?:profits?|payouts?|withdraw(?:al|als|n)?|deposit(?:ed|s)?|earn(?:ed|ing|ings|s)?|income|cash ?out|trad(?:e|er|ing)|wallet)\b
    (?:bitcoins?|btc|crypto\w*|forex|fx|usdt|nfts?)\b
    (?:prize|voucher|discount|giveaway|promo ?code|bonus)\b
    """,
    r"""
    (?:заработ|доход|прибыл|крипт|бонус|промокод|депозит|инвест|деньги|денег|оплат|выплат)\w*
    """,
    r"""
    (?:درآمد|درامد|سود|سرمایه ?گذاری|بیت ?کوین|ارز دیجیتال|تخفیف|جایزه|پول)
    """,
)

# The same inside a name, as in @earn_with_rebecca.
MONEY_IN_NAMES = re.compile(
    r"invest|profit|earn|money|wealth|trad(?:e|ing)|crypto|forex|fxt?(?![a-z])|btc|bitcoin"
)

# Do something now, for the writer's good.
CALLS = any_of(
    r"""
    click (?:here|the link|this link|below|on (?:my|the|this))
    (?:sign|log) up (?:now|here|today|at|with|for free)
    (?:register|apply|order|enrol|buy) (?:now|here|today)
    join (?:now|us|here|today|my|our|the group|group)
    (?:link|info) in (?:my |the )?(?:bio|profile|description)
    act (?:now|fast)
    don'?t miss (?:out|this|it)
    visit (?:my|our|us|the site|www)
    hurry up
    (?:try|check) (?:it|this|them) out
    (?:please|pls|plz) (?:like|help|follow|add|check|watch|read|visit|share|support)
    (?:follow|add) (?:him|her|me|us)\b
    """,
    r"""
    (?:переходи|регистрируй|регай|подписывай|жми|вводи|забирай|кликай|заходи)\w*
    (?:ссылк\w*) (?:в|тут|ниже|здесь)
    """,
    r"""
    (?:کلیک|عضو|ثبت ?نام) (?:کن|کنید|شو|شوید|بشید)
    (?:همین حالا|لینک (?:زیر|در بیو|بیو))
    """,
)

# Write to me, not to the thread.
CONTACT_CALLS = any_of(
    r"""
    (?:contact|message|text|dm|pm|inbox|email|mail|e-mail|whats ?app|telegram|call|reach|write|chat|add|hit) (?:me|us|him up|her up|him on|her on|him via|her via|him through|her through|him at|her at|him now|her now|th(?:e|is) (?:number|team|admin|trader|agent)|me up)\b
    (?:reach out|write|send (?:a |an )?(?:message|dm|mail|email|text)) (?:to )?(?:me|us|him|her|now|at|on|via|@)
    (?:contact|message|text|dm|inbox|whats ?app|telegram|call|txt)(?: now| today| him| her| number| no| us| or| via)? ?:? ?(?=[+@(0-9])
    (?:dm|pm) (?:now|for)\b
    (?:on|via|through) (?:my |his |her )?(?:whats ?app|telegram|signal|wechat|kik|hangouts)
    (?:private|direct) (?:message|chat)
    """,
    r"""
    (?:пиши|пишите|писать|напиши|напишите|отпиши\w*|обращай\w*|стучи\w*|жду|ждем|подробности|инфа) (?:\w+ ){0,3}(?:лс|личк\w*|личны\w*|личное|директ|телегр\w*|тг|ватсап\w*|whats ?app|админу|мне|сюда|\+|➕)
    (?:в лс|в личку|в личные сообщения|в личных сообщениях)
    (?:пиши|пишите|напиши|напишите|ставь|ставьте) (?:мне )?(?:➕|\+|плюс|@)
    """,
    r"""
    (?:تماس|پیام) (?:بگیر|بگیرید|بده|بدهید|بدید|بفرست)
    (?:در|تو|به) (?:تلگرام|واتساپ|واتس ?اپ|دایرکت|پی ?وی) (?:پیام|بیا|بیایید|تماس)
    (?:شماره|آیدی|ایدی|کانال) (?:تلگرام|تماس|واتساپ|واتس ?اپ|ما)
    """,
)

MESSENGERS = any_of(
    r"""
    (?:whats ?app|telegram|wechat|hangouts|kik|viber)\b
    (?:телегр\w*|ватсап\w*|вацап\w*|тг|лс|личк\w*)\b
    (?:تلگرام|واتساپ|واتس ?اپ|دایرکت)
    """,
)

# Come to my channel.
PROMOTION = any_of(
    r"""
    (?:sub|su[bc]{0,2}scribe|subscribing) (?:and like )?(?:to |in )?(?:me|my|mine|us|our|back|for|4)\b
    sub(?:scribe)? ?(?:4|for) ?sub
    (?:follow|like|add) ?(?:4|for) ?(?:follow|like|add)
    follow (?:me|us|my|our|back)\b(?! (?:on|in) (?:this|that))
    check (?:out )?(?:me|us|my|mine|our|this (?:new )?(?:video|channel|playlist|song))(?: \w+){0,3} (?:out|channel|vid(?:eo|io)s?|page|site|website|blog|profile|music|song|cover|youtube|gaming|remix)
    check (?:me|us|my \w+|our \w+|them) out
    check out (?:my|our)\b
    (?:visit|watch|see|view|go to|look at|listen to|come to) (?:my|our) (?:\w+ )?(?:channel|chanel|page|site|website|blog|profile|videos?|music|cover|youtube|shop|store)
    (?:on|in|to|at|of|for) (?:my|our) (?:\w+ )?(?:channel|chanel)\b
    i(?: am|'m|m) (?:a )?(?:kind of )?new (?:channel|you ?tuber|to you ?tube)
    (?:if )?i (?:get|reach|hit) \d+ (?:subs|subscribers|likes|thumbs)
    \d+ (?:subs|subscribers|followers)\b
    (?:support|help) (?:me|us|my|our) (?:\w+ ){0,2}(?:channel|project|campaign|page|fund)
    """,
    r"""
    подпи(?:шись|шитесь|сывайся|сывайтесь) (?:на|в)
    (?:мой|наш) (?:новый )?канал
    """,
    r"""
    (?:کانال|پیج|صفحه) (?:ما|من|مارو|منو)(?: رو| را)? (?:دنبال|فالو|عضو|ببین)
    (?:فالو|دنبال) (?:کنید|کن|بک)
    """,
)

# What is sold under other people's articles.
GOODS = any_of(
    r"""
    (?:buy|cheap|order|generic|discount) (?:\w+ )?(?:viagra|cialis|xanax|tramadol|kamagra|pills|likes|followers|views|essays?|replica\w*|jerseys|passports?|diplomas?)
    (?:viagra|cialis|kamagra|levitra) (?:online|pills|for sale|without|price)
    (?:online|best|free|live|new) (?:casino|casinos|slots|poker|betting|gambling)
    casino (?:online|bonus|slots|games?)
    (?:seo|web design|backlinks?|link building) (?:services?|company|agency|expert|packages?)
    (?:escorts?|call girls?|hot girls|sexy girls) (?:in|service|services|agency|near|available|for)
    (?:replica|fake|designer|luxury) (?:watches|handbags|bags|rolex)
    (?:weight loss|diet|male enhancement|keto) (?:pills?|supplements?|gumm(?:y|ies)|tea)
    essay (?:writing )?services?
    (?:spell ?caster|love spells?|powerful spells?|herbal (?:cure|medicine|doctor))
    (?:dr\.?|doctor|priest|mama) \w+ (?:the )?(?:spell|herbal)
    (?:hire|contact) (?:a |an )?(?:\w+ )?hackers?
    (?:fake|clone[d]?) (?:notes|money|cards|documents|id)\b(?: for sale| online| available)
    """,
    r"""
    (?:онлайн|лучшее|новое)[\s-]казино
    казино (?:онлайн|вулкан|бонус\w*|\dwin|1xbet)
    (?:ставк\w*|прогноз\w*) (?:на спорт|на футбол|в лайве)
    (?:промокод\w*) (?:на|от|в|[a-z])
    (?:интим\w*|слит\w*|голы\w*|обнаж\w*|оголен\w*) (?:интим\w* )?(?:фото\w*|видео\w*|услуг\w*)
    фото 18
    эскорт\w*
    (?:проститутк|индивидуалк)\w*
    (?:куплю|купить|продам|продаю|купим) (?:\w+ ){0,2}(?:паспорт\w*|диплом\w*|прав[ао]|аккаунт\w*|подписчик\w*|реклам\w*|карт[уы])
    накрутк\w*
    прода(?:м|ю|ем) (?:реклам\w*|место)
    """,
    r"""
    (?:سایت|کانال) (?:شرط ?بندی|بت|انفجار|پیش ?بینی)
    (?:شرط ?بندی|بازی انفجار|کازینو) (?:آنلاین|معتبر|فوتبال|با)
    (?:خرید|افزایش|فروش) (?:فالوور?|ممبر|لایک|بازدید|بک ?لینک|vpn|فیلترشکن|وی ?پی ?ان|مدرک)
    (?:سئو|طراحی) (?:سایت|وبسایت)(?: ارزان| حرفه|  با)?
    (?:شماره خاله|صیغه (?:یابی|موقت)|همسریابی)
    (?:داروی|قرص|پماد) (?:لاغری|تاخیری|افزایش|چاقی)
    """,
)

# Praise that fits any page.
FLATTERY = any_of(
    r"""
    (?:great|nice|excellent|amazing|awesome|wonderful|fantastic|informative|useful|interesting|helpful|good|superb|brilliant) (?:post|article|blog|site|website|web ?page|info(?:rmation)?|content|share|read|write[\s-]?up|work|stuff|weblog)\b
    thank(?:s| you) (?:so much |a lot |very much )?for (?:sharing|posting|the (?:share|great|nice|good|post|info)|this (?:\w+ )?(?:post|article|information|blog))
    keep (?:up the good|it up|posting|up the great|writing)
    i (?:really |just |truly |absolutely )?(?:love|loved|like|liked|enjoy|enjoyed) (?:your|this) (?:\w+ )?(?:blog|site|post|article|website|weblog|content|writing)
    (?:i have|i've|ive|i) (?:been )?(?:surf|brows|read)(?:ing|ed)? (?:the (?:web|internet|net)|on ?line)(?: for)? (?:more|over)?
    i (?:will|shall|am going to|have) (?:definitely |surely |certainly )?(?:bookmark|book mark|book-mark|be back|visit again|come back)
    (?:bookmark(?:ed|ing)?) (?:your|this|you)\b
    (?:came|stumbled|come) (?:across|upon) (?:your|this) (?:\w+ )?(?:blog|site|website|weblog|page|post)
    (?:your|this) (?:blog|site|website|web ?page|weblog) (?:is|has|provided|provides|and)
    (?:very|really|truly|so) (?:informative|well[\s-]written|helpful|useful)\b
    i'?ll (?:right away|certainly|definitely) (?:grab|bookmark|digg|share)
    wonderful (?:goods|points)
    """,
    r"""
    (?:отличн\w*|прекрасн\w*|замечательн\w*|полезн\w*|интересн\w*|классн\w*) (?:статья|пост|сайт|блог|материал|информаци\w*)
    спасибо за (?:статью|пост|информацию|полезн\w*)
    """,
    r"""
    (?:سایت|مطلب|مقاله|وبلاگ|وب ?سایت)(?: بسیار| خیلی| واقعا)? (?:خوب|عالی|مفید|جالب|زیبا)
    (?:ممنون|مرسی|تشکر|سپاس) (?:از|بابت) (?:سایت|مطلب|مقاله|وبلاگ|اطلاعات|پست)
    """,
)

# A trade where a name should stand.
TRADE_NAMES = any_of(
    r"""
    (?:buy|cheap|best|discount|free|online|top|official) (?:\w+ ){0,2}(?:loans?|viagra|cialis|casino|poker|slots|seo|insurance|watches|shoes|jerseys|bags|handbags|essays?|pills|hosting|followers|software|download|games?)\b
    (?:seo|casino|viagra|cialis|loans?|payday|escorts?|backlinks?|forex|bitcoin|crypto|replica|poker|betting)(?: \w+){0,2} (?:services?|online|company|agency|expert|reviews?|bonus|trader|trading|brokers?|signals?|watches|site)\b
    (?:plumbers?|movers|roofing|locksmiths?|dentists?|lawyers?|attorneys?|carpet cleaning|web design|car rental|limo) (?:in|near|services?|company)\b
    (?:weight loss|male enhancement|diet) (?:pills?|tips|supplements?)
    """,
    r"""
    (?:казино|займы?|кредиты?|эскорт|ставки|продвижение|накрутка) (?:онлайн|на|без|сайтов|подписчиков|москва)
    (?:купить|заказать) \w+
    """,
    r"""
    (?:خرید|فروش|قیمت|اجاره|تعمیر|طراحی|دانلود|شرکت|سئو|سایت) [\w\s]{3,}
    """,
)
