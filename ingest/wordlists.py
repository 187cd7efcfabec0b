"""English and academic words that are never the name of a concept by themselves. No subject's vocabulary stands here.

Three kinds matter: words at which a noun phrase ends (BREAKS), words that may stand inside a name but neither begin
nor end nor alone make one (WEAK), and nouns too general to be a concept alone (GENERAL).
"""

from __future__ import annotations

BREAKS = frozenset(
    """
    a able about above achieve achieved achieves achieving across actually add added adding adds after again against
    ago ahead aka al align all allow allowed allowing allows almost along already also although always am among an
    analyse analyze analyzes and annotate another any anybody anyone anything anyway apart appear appears applied
    applies apply applying are aren't around as aside ask asked asking asks assume assumed assumes at available
    avoid avoids aware away back based basically be became because become becomes been before beforehand began begin
    begins behind being below beside besides between beyond billion both bring brings builds built but by called
    calling calls came can can't cannot capable capture captures capturing certain certainly cf check checking
    choose chooses chosen classifies classify clearly combine combined combines combining come comes commonly
    compare compared compares completely compute computed computes computing connect connects consider considered
    considering considers consist consisting consists contain contained containing contains convert converts
    correspond corresponding corresponds could couldn't create created creates creating currently decide decided
    decides define defined defines demonstrate demonstrated demonstrates depend depending depends describe described
    describes despite detect detects determine determined determines develop developed did didn't directly discuss
    discussed discusses divide divided do does doesn't doing don't done down due during e.g each easily eg eight
    either else elsewhere enable enabled enables enabling enhance enhances enhancing enough ensure ensures ensuring
    entirely especially essentially etc evaluate evaluated evaluates even eventually ever every everyone everything
    exactly execute executed exist existing exists expect expected explain explained explaining explains explore
    explored explores extend extends extremely fairly far feeds few finally find finding finds first fits five focus
    focused focuses focusing follow followed following follows for former formerly forth found four from further
    furthermore gain gave generally generate generated generates generating get gets getting give given gives giving
    go goes going gone got had hadn't handle handles happen happens hardly has hasn't have haven't having he help
    helped helping helps hence her here hereby hers herself him himself his hold holds how however hundred i i'd
    i'll i'm i've i.e ideally identified identifies identify identifying ie if imagine immediately implement
    implemented implements implies imply import imported improve improved improves improving in include included
    includes including increases indeed indicates initialize inside instantiate instead into introduce introduced
    introduces involve involved involves involving is isn't it it'd it'll it's its itself just keep keeps kept knew
    know known knows largely last lately later latter lead leading leads learn learned learns learnt least leaves
    less let let's lets leverage leverages leveraging like likely likes live look looked looking looks made mainly
    maintain maintains make makes making manage many maximize maximizes may maybe me meaning means meanwhile mention
    mentioned merely might million minimize minimizes missing more moreover most mostly much must my myself namely
    naturally nearly necessarily need needed needing needs neither never nevertheless next nine nobody none
    nonetheless nor normally not note noted nothing notice now nowadays nowhere obtain obtained obtains obviously
    occur occurred occurs of off offer offered offers often oh ok okay on once one one's only onto optimize
    optimizes or other others otherwise ought our ours ourselves out outperform outperforms outside over overall own
    particularly per perform performed performing performs perhaps plays please plus possibly practically precisely
    predict predicting predicts prefer preparing preserve preserves presumably previously primarily probably produce
    produced produces producing propose proposed proposes prove provide provided provides providing pushes put puts
    quickly quite rather ready really receive received receives recently recognize reduce reduced reduces refer
    referred refers regardless relatively relies rely relying remain remains remember remove removed removes
    removing replace replaced replaces represent represented representing represents require required requires
    requiring respectively resulting results roughly running runs said same save saved saves saw say saying says
    second see seeing seem seemed seems seen selected selects send sends sent serve serves seven several shall she
    should shouldn't show showed showing shown shows significantly similarly simply since six slightly so solve
    solves solving some somebody somehow someone something sometimes somewhat soon sort specifically specified
    specifies specify specifying started starting starts stay stays still stored stores strongly such suddenly
    suggest suggests suppose supposed sure take taken takes taking tell tells ten tend tends than thanks that that's
    the their theirs them themselves then there there's thereby therefore these they they're they've think thinks
    third this thorough thoroughly those though thought thousand three through throughout thus to today together
    tomorrow too took toward towards traditionally transform transforms tried tries truly try trying turned turns
    twice two typically ultimately unable under understand understood unfortunately unless unlike until unto up
    update updates upon us use used useful uses using usually utilize utilized utilizes utilizing various vastly
    versus very via visit visualize viz vs wait want wanted wants was wasn't watch way ways we we'd we'll we're
    we've well went were weren't what what's whatever when whenever where whereas wherever whether which whichever
    while who whoever whole whom whose why widely will with within without won't worked works worth would wouldn't
    write writes writing written wrote yes yesterday yet you you'd you'll you're you've your yours yourself zero
    """.split()
)
"""Function words, plain verbs and adverbs: a candidate never runs across one."""

WEAK = frozenset(
    """
    additional advanced amazing appropriate awesome bad basic basics best better big bigger biggest brief certain
    cheap clear clever closer common complicated comprehensive computational convenient cool correct corresponding
    crucial current desired detailed different difficult easy effective efficient entire essential everyday exact
    excellent exciting existing extensive extra famous fancy favorite fewer final following free full fun
    fundamental further general given good great greater greatest guide hands-on happy harder harmless helpful huge
    ideal important impressive in-depth incorrect incredible innovative interesting intro introduction intuitive
    irrelevant known larger largest latest longer lower lowest main major many missing modern nearby necessary new
    newer newest next nice notable novel numerous obvious official old older optional original originals overall
    overview own particular perfect personal pivotal popular possible potential powerful practical precise preferred
    present previous primer quick real real-world recap recent related relevant remaining remarkable required
    respective resulting right said same several significant similar simple simpler simplest slight smaller smallest
    so-called sophisticated special specific state-of-the-art step-by-step straightforward stronger subsequent
    successful suitable summary sure tiny total tricky tutorial typical ultimate underlying unique unknown used
    using usual valid valuable vanilla various vast versatile well-known whole wider wonderful wrong
    """.split()
)
"""Evaluating words: cut from the edges of a candidate."""

LEADING_VERBS = frozenset(
    """
    accessing add adding apply applying asking build building calculating choose choosing comparing computing
    configure configuring create creating customizing debugging define defining demystify demystifying deploying
    discover dive diving download downloading explore exploring expose exposing finding formulating getting going
    handle handling implement implementing improve improving install installing interpreting introducing learn let
    let's lets leveraging load loading make making manage managing mastering meet monitoring navigating obtaining
    prepare preparing put putting revisit revisiting run running save saving set setting share sharing solving test
    testing train try understand understanding unlocking upload uploading use using visualize visualizing working
    wrapping write writing
    """.split()
)
"""Verbs with which a heading about something else begins: cut from its front."""

GENERAL = frozenset(
    """
    ability abstract account acknowledgement acknowledgements acknowledgment acronym activity addition adjustment
    advance advancement advantage advice agenda ahead aim algorithm alternative amount analogy analysis animal
    answer answers apart api app appendix application approach architecture area argument array art article aspect
    assessment assignment assumption attempt attribute author authors average background base basis beginner
    behavior behaviour benefit bibliography bit block blog body bonus book bottom box breakthrough browser bug
    building bunch button byte calculation call capability caption care case category cause caution caveat cell
    center certificate certification challenge chance change chapter character characteristic chart cheaper
    checklist choice citation city claim class click client cloud code collection color colour column combination
    coming comment community comparison competition completed complexity component computation computational
    computer concept concern conclusion condition confidence congratulation congratulations cons consequence
    consideration console construction contact content contents context contributing contribution contributor
    contributors control cookie coordinate copy core corner corollary correction cost count country couple course
    cpu credit criterion culture curiosity custom date day deadline deal decade decision deep-dive definition degree
    deliverable demo dependency description design detail development diagram dictionary difference difficulty digit
    direction directory disadvantage disclaimer discussion disk distinction document documentation download drawback
    drive ease easier economy ecosystem effect efficiency effort element end engine engineer enrollment entry
    environment equation essence evaluation event everything evidence evolution exam example exercise expectation
    experience experiment expert explanation exploration expression extension fact factor family faq faqs fast
    faster feedback field figure file final finding flexibility float folder form formality format formula
    formulation forum foundation fraction framework friend fun future game glossary goal google gotcha government
    grading green ground group guess guideline hack half hand handful harder hardware harmless head heading
    healthcare help high-level highlight hint history home homework hope host hour house human idea illustration
    impact implementation implication import importance improvement index industry information ingredient innovation
    input inside insight inspiration installation instance instruction instructor integer interest interface
    internet interpretation introduction intuition issue item job joke journey key keyword kind knowledge lab larger
    launch law layout lecture lemma length lesson letter level library license life lifetime limit limitation line
    link list literature local locality location logistics look loop lot low-level majority manner map mark match
    material math mathematic matter meaning mechanism member mention menu message method methodology metric
    milestone mind minority minute misconception mistake mobile mode model modification moment money monitoring
    month motivation movie multitude music name nature need negative newsletter notation note notebook nothing
    notion nuance number objective objectives observation offer officer operation opinion opportunity option order
    organization origin outcome outcomes outline output overview package packaging page pair paper paragraph part
    participant party past path pattern people percentage performance period person perspective phase phenomenon
    phone photo picture piece pitfall place plan plateau platform play player plenty plethora plot point port
    position possibility post posting power practice preface preference preparation preparing prerequisite presence
    presentation principle print privacy pro problem procedure process processing processor product professional
    profile program programming progress project proof property proportion proposal proposition pros prototype
    purpose puzzle quality quantity question questionnaire quiz quote ram range rate ratio reader reading real
    reality reason recipe recommendation record reference regulation relation relationship relative release
    reliability remark report repository representative request requirement research researcher resource response
    responsibility rest result review revolution richer right rise roadmap robotic robustness role room root row
    rule safer safety saving scalability scale scenario schedule scheme scientist scope score scratch screen
    screenshot script search section self-assessment sense sentence series server session set setting setup shape
    share shift shortcoming side sign significance simpler simplicity site situation size skill slide slower smaller
    snippet society software solution song sound source space span speaker spec special specification speed stage
    standard start statement statistic step stop story strategy street strength strengths string structure student
    study stuff style subject subset substance subtlety success suggestion sum summary support surface syllabus
    symbol system tab table tag takeaway takeaways talk target task teacher team technique technology template term
    terminal terminology test text theme theory thing thought thousand time timeline tip title today tool toolbox
    top topic total track trade train training trait transparency trend trick trio triple trouble trustworthiness
    truth turn tutorial tweak type understanding unit university update usage use use-case usecase user utility
    validation value vanilla variant variation variety version video view virtue visit visualisation visualization
    visualize volume walkthrough wall want war warning way weakness website week weight welcome width win window
    word work workflow workshop world year
    """.split()
)
"""Nouns (singular) that are no concept alone; in a longer name they may stand anywhere."""

BORDERLINE = frozenset(
    """
    accuracy action batch classification data dataset depth dimension dimensionality distribution edge error feature
    filter flow frame function fusion gradient graph image integration kernel label language layer learning logic
    loss machine mapping mask matching matrix measure memory module network node noise object parameter pool
    recognition region representation reward sample sequence signal simulation speech state token training variable
    vector vision vocabulary
    """.split()
)
"""Nouns (singular) of every technical course: a concept alone only where the course both defines and heads them."""

SIZE_WORDS = frozenset(
    """
    big broad different entire few fewer good great high higher huge individual key large larger left less limited
    little long longer low lower many massive medium multiple new next old right short shorter single small smaller
    specific three two unseen whole wide
    """.split()
)
"""Adjectives of size, number and side: before a plain noun they make no name ("wide range", "large dataset")."""

CONNECTORS = frozenset("of to over by at in".split())
"""Small words that may stand inside a name: bag of words, intersection over union, text to image."""

NOUNS_AFTER_NOUNS = frozenset("check transform update walk search".split())
"""Verbs that are nouns where a noun stands before them: gradient check, Fourier transform."""

ACTS_AFTER = frozenset(
    "to can will we you could should would might must may cannot can't they i let's please don't".split()
)
"""Words after which a bare word is a verb."""

PURE_VERBS = frozenset(
    """
    add adjust allow apply ask avoid be begin choose combine compare configure consider convert create decide define
    describe do ensure evaluate explain explore find follow get give go identify implement improve include increase
    keep learn let maintain make manage obtain pick prefer prepare provide put read reduce refer remember remove
    replace save see select send take tell think try use verify visit wait write
    """.split()
)
"""Verbs that are no nouns: no name begins with one."""

IMPERATIVES = PURE_VERBS | frozenset(
    """
    aim build call change check click copy document download experiment fix focus import install instead limit load
    look measure monitor never note open optimize pass place plan print repeat run set share show split start stop
    store test train tune update upload watch work
    """.split()
)
"""Verbs with which advice begins."""

LABELS = frozenset(
    "best practice|case study|common pitfall|deep dive|fun fact|next step|pro tip|quick start|rule of thumb|side note|"
    "key takeaway|learning objective|learning outcome|problem statement".split("|")
)
"""Names of the parts of a lesson (singular)."""

UNITS = frozenset("bit byte gb ghz kb mb mhz ms pb tb".split())
"""Units of measure, folded."""
