"""English and academic words that are never the name of a concept by themselves. No subject's vocabulary stands here.

Three kinds matter: words at which a noun phrase ends (BREAKS), words that may stand inside a name but neither begin
nor end nor alone make one (WEAK), and nouns too general to be a concept alone (GENERAL).
"""

from __future__ import annotations

BREAKS = frozenset(
    """
    a about above across actually after again against all almost along already also although always am among an and
    another any anybody anyone anything anyway apart are aren't around as aside at away back basically be became because
    become becomes been before beforehand began begin begins behind being below beside besides between beyond both but by
    came can can't cannot certain certainly clearly come comes commonly completely could couldn't currently despite did
    didn't directly do does doesn't doing don't done down during each easily either else elsewhere enough entirely
    especially essentially etc even eventually ever every everyone everything exactly extremely fairly far few finally
    for former formerly forth from fully further furthermore gave generally get gets getting give given gives giving go
    goes going gone got had hadn't happen happens hardly has hasn't have haven't having he hence her here hereby hers
    herself him himself his how however i i'd i'll i'm i've ideally if immediately in indeed inside instead into is isn't
    it it'd it'll it's its itself just keep keeps kept knew know known knows largely lately later latter least less let
    let's lets likely looked looking looks made mainly make makes making many may maybe me meanwhile merely might more
    moreover most mostly much must my myself namely naturally nearly necessarily needs neither never nevertheless next
    nobody none nonetheless nor normally not nothing notice now nowhere obviously of off often oh ok okay on once one's
    only onto or other others otherwise ought our ours ourselves out outside over overall own particularly per perhaps
    please plus possibly practically precisely presumably previously primarily probably put puts quickly quite rather
    really recently regardless relatively respectively roughly said same saw say saying says see seeing seem seemed seems
    seen several shall she should shouldn't significantly similarly simply since slightly so some somebody somehow
    someone something sometimes somewhat soon sort specifically still strongly such suddenly suppose supposed sure take
    taken takes taking tell tells than thanks that that's the their theirs them themselves then thereby therefore there
    there's these they they're they've this thorough thoroughly those though through throughout thus to together too took
    toward towards traditionally tried tries truly try trying twice typically ultimately under unfortunately unless unlike
    until unto up upon us usually various vastly versus very via vs want wanted wants was wasn't way ways we we'd we'll
    we're we've well went were weren't what whatever what's when whenever where whereas wherever whether which whichever
    while who whoever whole whom whose why widely will with within without won't worth would wouldn't yes yet you you'd
    you'll you're you've your yours yourself
    e.g i.e eg ie cf viz aka al
    add added adding adds allow allowed allowing allows appear appears applied applies apply applying ask asked asking
    asks assume assumed assumes avoid avoids based begin bring brings builds built called calling calls
    check checking choose chooses chosen compare compared compares compute computed computes computing consider
    considered considering considers consist consisting consists contain contained containing contains convert converts
    correspond corresponding corresponds create created creates creating decide decided decides define defined defines
    depend depending depends describe described describes determine determined determines develop developed discuss
    discussed discusses divide divided enable enabled enables enabling ensure ensures ensuring evaluate evaluated
    evaluates execute executed exist existing exists expect expected explain explained explaining explains explore
    explored explores extend extends feeds find finding finds fits follow followed following follows found
    generated generates gain get handle handles help helped helping helps hold holds imagine implement implemented
    implements implies imply import imported improve improved improves improving include included includes including
    increases indicates instantiate introduce introduced introduces involve involved involves involving
    know lead leading leads learn learned learns learnt leaves likes live look maintain maintains
    manage meaning means mention mentioned minimize minimizes maximize maximizes need needed needing note noted
    obtain obtained obtains occur occurred occurs offer offered offers perform performed performing performs 
    plays predict predicts prefer produce produced produces producing propose proposed proposes prove provide
    provided provides providing pushes rely relies relying remember remove removed removes removing replace replaced
    replaces represent represented representing represents require required requires requiring   
     running runs save saves saved selected selects send sends sent serve serves show showed showing
    shown shows started starting starts stay stays stored stores suggest suggests tend tends think
    thinks thought turned turns understand understood use used useful uses using utilize utilized utilizes utilizing
    visit wait watch worked works write writes writing written wrote applying solve solves solving predicting
    achieve achieved achieves achieving capture captures capturing combine combined combines combining demonstrate
    demonstrated demonstrates explore focus focuses focused focusing identify identifies identified identifying
    leverage leverages leveraging outperform outperforms preserve preserves reduce reduces reduced refer refers
    referred remain remains resulting results specify specifies specified specifying receive receives received
    recognize able unable aware capable ready available due
    first second third last one two three four five six seven eight nine ten zero hundred thousand million billion
    today tomorrow yesterday nowadays later ago
    """.split()
)
"""Function words, plain verbs and adverbs: a candidate never runs across one."""

WEAK = frozenset(
    """
    additional advanced amazing appropriate awesome bad basic best better big bigger biggest brief certain cheap clear
    clever closer complicated comprehensive convenient cool correct crucial current detailed different difficult easy
    effective efficient entire essential everyday exact exciting excellent extensive famous fancy favorite final fun
    fundamental good great greater greatest happy harder helpful huge ideal important impressive incorrect incredible
    innovative integral interesting intuitive known larger largest latest longer lower lowest main major modern nearby
    necessary new newer newest nice notable novel numerous obvious old older original originals overall particular
    perfect personal pivotal popular possible potential powerful practical precise preferred present previous quick
    recent relevant remaining remarkable respective right same significant similar simpler simplest slight smaller
    smallest so-called sophisticated special specific straightforward stronger subsequent successful suitable sure tiny
    total tricky true typical ultimate underlying unique unknown usual valid valuable various vast versatile wider
    wonderful wrong whole optional official quick step-by-step well-known hands-on in-depth own key simple state-of-the-art
    resulting corresponding existing desired common given required following used using said next real real-world
    introduction intro overview primer tutorial guide recap summary basics
    """.split()
)
"""Evaluating words: cut from the edges of a candidate."""

LEADING_VERBS = frozenset(
    """
    introducing understanding exploring getting building creating loading preparing setting choosing diving dive writing
    running making working applying visualizing improving uploading downloading sharing saving installing configuring
    managing handling defining implementing adding putting exposing demystifying revisiting using leveraging unlocking
    explore understand build create load prepare set choose write run make apply visualize improve upload download share
    save install configure manage handle define implement add put expose demystify revisit use let lets let's train test
    try meet discover learn learning-about interpreting comparing deploying debugging mastering testing testing-out going
    computing calculating obtaining finding solving navigating formulating wrapping asking accessing customizing
    """.split()
)
"""Verbs with which a heading about something else begins: cut from its front."""

GENERAL = frozenset(
    """
    ability abstract accuracy acknowledgement acknowledgment action activity addition advantage advice agenda aim
    algorithm alternative amount analogy analysis answer answers apart api app appendix application approach
    area argument article aspect assessment assignment assumption attempt attribute author background basis batch
    beginner behavior behaviour benefit bibliography bit block blog body bonus book bottom box bug building button call
    caption care case category cause caveat cell center challenge chance change chapter characteristic chart choice
    citation class code collection color colour column combination comment community comparison competition
    component computer concept conclusion condition consequence consideration contact content context contribution
    control copy core corner correction cost count couple course credit criterion custom data dataset date day deal
    decision definition degree demo dependency description design detail development diagram difference difficulty
    digit dimension direction directory disadvantage discussion distinction document documentation download drawback
    edge effect effort element end engineer environment equation error essence evaluation event evidence example
    exercise expectation experience experiment expert explanation exploration expression extension fact factor faq feature
    feedback field figure file folder form format formula foundation framework friend function future game goal
    google graph ground group guess guideline half hand hardware head heading help hint history home homework hour
    human idea illustration image impact implementation implication import importance improvement information
    ingredient input inside insight inspiration installation instance instruction interest interface internet
    interpretation introduction intuition issue item job journey keyword kind knowledge lab label layer
    lecture length lesson letter level library license lifetime limit limitation line link list literature location
    logic look loop lot machine majority manner map mark match material math mathematic matter meaning measure
    mechanism member memory mention message method methodology metric mind minute mistake mode model module
    moment month motivation movie name nature need network newsletter node noise note notation notebook notion number
    object objective observation offer officer operation opinion opportunity option order organization origin
    outcome outline output overview package page pair paper paragraph parameter part participant
    party past path pattern people performance period person perspective phase phenomenon phone photo picture piece place
    plan platform play plot point pool position possibility post posting power practice preface preparation prerequisite
    presence presentation principle print problem procedure process processing processor product professional
    profile program programming project proof property proposal pros prototype purpose quality quantity question quiz
    quote range rate ratio reader reading reality reason recipe recommendation record reference region relation
    relationship release remark report repository request requirement research researcher resource response
    responsibility rest result review reward right role room root row rule sample scale scenario schedule scheme
    scientist scope score screen screenshot script search section sense sentence sequence series session
    setting setup shape share shortcoming side sign signal significance site situation size skill slide snippet
    software solution sound source space speaker spec specification stage standard start state statement statistic step
    stop story strategy strength structure student stuff style subject subset substance success suggestion sum summary
    support surface symbol system table tag talk target task teacher team technique technology template term terminology
    test text theme theory thing thought thousand time tip title today tool toolbox top topic total track trade
    training trait trick trouble truth tutorial type understanding unit university update usage use user utility value
    variable variant variation variety vector version video view virtue vision visit vocabulary volume wall warning way
    website week weight welcome width word work workflow workshop world year
    advance acknowledgements acronym cons pro objectives outcomes usecase use-case welcome congratulations
    certificate certification enrollment syllabus glossary contents checklist questionnaire exam final
    explanation deep-dive walkthrough takeaway takeaways self-assessment contributor contributors author authors
    contributing logistics faqs installation deliverable grading deadline instructor
    """.split()
)
"""Nouns (singular) that are no concept alone; in a longer name they may stand anywhere."""

CONNECTORS = frozenset("of to over by at in".split())
"""Small words that may stand inside a name: bag of words, intersection over union, text to image."""
