"""PURE: the commands and functions of Logs Insights QL, for the editor: each with how it is written and what it does.

Source: AWS page "CloudWatch Logs Insights language query syntax", and its pages of each command and of functions.
"""

COMMANDS = {
    "fields": ("fields name, expression as alias", "shows fields, and what is computed of them"),
    "filter": ('filter field = "value"', "keeps the lines that a condition holds for"),
    "stats": ("stats count(*) by field, bin(5m)", "counts and measures, by group"),
    "sort": ("sort field desc", "orders the lines"),
    "limit": ("limit 100", "how many lines are shown"),
    "display": ("display field, field", "shows these fields alone"),
    "parse": ('parse @message "* took * ms" as what, took', "takes fields out of a text, by a glob or a regex"),
    "dedup": ("dedup field", "keeps one line of those with the same value"),
    "unnest": ("unnest list into entry", "makes a line of each entry of a list"),
    "pattern": ("pattern @message", "groups lines that look alike"),
    "diff": ("diff", "compares with the time before"),
    "filterIndex": ('filterIndex field = "value"', "reads only the lines that an index has"),
    "anomaly": ("pattern @message | anomaly", "finds what is unusual"),
    "unmask": ("unmask @message", "shows what data protection hides"),
}
FUNCTIONS = {
    # of a group, in stats
    "count": ("count(*)", "lines; count(field): lines that have it"),
    "count_distinct": ("count_distinct(field)", "different values"),
    "sum": ("sum(field)", "the sum of the numbers"),
    "avg": ("avg(field)", "their mean"),
    "min": ("min(field)", "the least"),
    "max": ("max(field)", "the greatest"),
    "pct": ("pct(field, 99)", "a percentile"),
    "stddev": ("stddev(field)", "the standard deviation"),
    "earliest": ("earliest(field)", "the value of the earliest line"),
    "latest": ("latest(field)", "the value of the latest line"),
    "sortsFirst": ("sortsFirst(field)", "the value that sorts first"),
    "sortsLast": ("sortsLast(field)", "the value that sorts last"),
    # of time
    "bin": ("bin(5m)", "@timestamp, rounded down to a period"),
    "datefloor": ("datefloor(@timestamp, 1h)", "a time, rounded down"),
    "dateceil": ("dateceil(@timestamp, 1h)", "a time, rounded up"),
    "fromMillis": ("fromMillis(field)", "a number of milliseconds as a time"),
    "toMillis": ("toMillis(@timestamp)", "a time as milliseconds"),
    # of any value
    "ispresent": ("ispresent(field)", "whether the line has the field"),
    "coalesce": ("coalesce(field, field)", "the first that is there"),
    # of texts
    "isempty": ("isempty(field)", "missing, or an empty text"),
    "isblank": ("isblank(field)", "missing, empty, or only white space"),
    "concat": ("concat(field, field)", "texts put together"),
    "strlen": ("strlen(field)", "how many characters"),
    "strcontains": ('strcontains(field, "text")', "1 where the text is in it"),
    "substr": ("substr(field, 0, 10)", "a piece of a text"),
    "replace": ('replace(field, "this", "that")', "every this replaced by that"),
    "toupper": ("toupper(field)", "in upper case"),
    "tolower": ("tolower(field)", "in lower case"),
    "trim": ("trim(field)", "without white space at its ends"),
    "ltrim": ("ltrim(field)", "without white space at its start"),
    "rtrim": ("rtrim(field)", "without white space at its end"),
    # of numbers
    "abs": ("abs(field)", "without its sign"),
    "ceil": ("ceil(field)", "rounded up"),
    "floor": ("floor(field)", "rounded down"),
    "greatest": ("greatest(field, field)", "the greatest of several"),
    "least": ("least(field, field)", "the least of several"),
    "log": ("log(field)", "the natural logarithm"),
    "sqrt": ("sqrt(field)", "the square root"),
    # of addresses
    "isValidIp": ("isValidIp(field)", "an IPv4 or IPv6 address"),
    "isValidIpv4": ("isValidIpv4(field)", "an IPv4 address"),
    "isValidIpv6": ("isValidIpv6(field)", "an IPv6 address"),
    "isIpInSubnet": ('isIpInSubnet(field, "10.0.0.0/8")', "an address in a network"),
    "isIpv4InSubnet": ('isIpv4InSubnet(field, "10.0.0.0/8")', "an IPv4 address in a network"),
    "isIpv6InSubnet": ('isIpv6InSubnet(field, "fd00::/8")', "an IPv6 address in a network"),
    # of JSON
    "jsonParse": ("jsonParse(field)", "a text as JSON"),
    "jsonStringify": ("jsonStringify(field)", "JSON as a text"),
}
WORDS = ("and", "or", "not", "in", "like", "by", "as", "asc", "desc")
