namespace Bridge.Api.Tests.Privacy;

/// <summary>What a piece of a log line is to the people it is about.</summary>
internal enum DataClass
{
    /// <summary>Says nothing of a person.</summary>
    None,

    /// <summary>Names a call or a caller to those who can look it up: Twilio's and OpenAI's ids, keyed hashes.</summary>
    Pseudonymous,

    /// <summary>Speech, prompts, names, numbers: only in methods named <c>…Sensitive</c>, at Trace.</summary>
    Personal,

    /// <summary>Keys and tokens: nowhere.</summary>
    Secret,
}

/// <summary>Every placeholder of every log template, classified. Who adds one says here what it may hold, or the build fails.</summary>
internal static class LogTable
{
    /// <summary>Numbers and names out of closed lists, by placeholder: the test sees to it that their arguments can be nothing else.</summary>
    public static readonly IReadOnlySet<string> Harmless = new HashSet<string>
    {
        "Active", "BatchMs", "ContentIndex", "Count", "DurationSeconds", "ElapsedMs", "HeardMs", "Interruptions", "Items", "LoadPercent", "Malformed", "Megabytes", "Promised", "Replicas",
        "Request", "Seconds", "SentMs", "Signal", "Speaker", "Spins", "Status", "Threads", "TooFast", "UnheardMs", "Unknown",
    };

    /// <summary>Texts, by class, method and placeholder.</summary>
    public static readonly IReadOnlyDictionary<string, (DataClass Class, string Holds)> Texts = new Dictionary<string, (DataClass, string)>
    {
        ["AnswerIncomingCallHandler.LogAnswered.CallSid"] = (DataClass.Pseudonymous, "Twilio's id"),
        ["AnswerIncomingCallHandler.LogTurnedAway.CallSid"] = (DataClass.Pseudonymous, "Twilio's id"),
        ["AnswerIncomingCallHandler.LogTurnedAway.Why"] = (DataClass.None, "a name of an enumeration"),
        ["AnswerIncomingCallHandler.LogTurnedAway.CallerHash"] = (DataClass.Pseudonymous, "a keyed hash; its key dies with the process"),
        ["AnswerStreamEndedHandler.LogAsked.CallSid"] = (DataClass.Pseudonymous, "Twilio's id"),
        ["AnswerStreamEndedHandler.LogAsked.Reason"] = (DataClass.None, "a name of an enumeration"),
        ["CallBridge.LogEnded.Reason"] = (DataClass.None, "a name of an enumeration"),
        ["CallBridge.LogNoStart.Why"] = (DataClass.None, "a sentence of ours; of the stream's text only what Shown() lets through"),
        ["RuntimeNotes.LogCode.Guided"] = (DataClass.None, "one of two words"),
        ["RuntimeNotes.LogCollector.Collector"] = (DataClass.None, "one of two words"),
        ["RuntimeNotes.LogLost.Variable"] = (DataClass.None, "the name of a variable"),
        ["CallRegistry.LogNeverCame.CallSid"] = (DataClass.Pseudonymous, "Twilio's id"),
        ["CallPublisher.LogListenerFailed.Notification"] = (DataClass.None, "a type's name"),
        ["CallRun.LogProtocolViolation.Why"] = (DataClass.None, "a sentence of ours; of the stream's text only what Shown() lets through"),
        ["CallRun.LogTurnSensitive.Heard"] = (DataClass.Personal, "speech"),
        ["CallRun.LogTurnSensitive.Unheard"] = (DataClass.Personal, "speech"),
        ["ModelCircuit.LogOpened.Reason"] = (DataClass.None, "one of two words"),
        ["ModelConversation.LogErrorSensitive.Words"] = (DataClass.Personal, "the model's sentence, which may repeat a prompt or a key's end"),
        ["ModelConversation.LogModelError.About"] = (DataClass.None, "which command of ours"),
        ["ModelConversation.LogModelError.Code"] = (DataClass.None, "an identifier; other text is not repeated"),
        ["ModelConversation.LogModelError.Parameter"] = (DataClass.None, "an identifier; other text is not repeated"),
        ["ModelConversation.LogOrphan.ResponseId"] = (DataClass.Pseudonymous, "OpenAI's id"),
        ["ModelConversation.LogRace.Code"] = (DataClass.None, "an identifier; other text is not repeated"),
        ["ModelConversation.LogResponseFailed.Code"] = (DataClass.None, "an identifier; other text is not repeated"),
        ["ModelConversation.LogResponseFailed.Parameter"] = (DataClass.None, "an identifier; other text is not repeated"),
        ["ModelConversation.LogStalled.ResponseId"] = (DataClass.Pseudonymous, "OpenAI's id"),
        ["ModelSide.LogExchanged.New"] = (DataClass.Pseudonymous, "OpenAI's id"),
        ["ModelSide.LogExchanged.Old"] = (DataClass.Pseudonymous, "OpenAI's id"),
        ["ModelSide.LogNoExchange.Why"] = (DataClass.None, "the sentence of a RealtimeSessionException: ours"),
        ["ModelSide.LogNoSession.Why"] = (DataClass.None, "the sentence of a RealtimeSessionException: ours"),
        ["ModelSide.LogReplacing.SessionId"] = (DataClass.Pseudonymous, "OpenAI's id"),
        ["ModelSide.LogReplacing.Why"] = (DataClass.None, "one of a few words, a metric's label too"),
        ["ModelToCallerPump.LogTiming.ItemId"] = (DataClass.Pseudonymous, "OpenAI's id"),
        ["OpenAIEventLog.LogEvent.Event"] = (DataClass.None, "an event without its texts: WithoutSpeech()"),
        ["OpenAIEventLog.LogEvent.Type"] = (DataClass.None, "a type that the owner named in OPENAI_LOG_EVENT_TYPES"),
        ["OpenAIEventLog.LogEventSensitive.Event"] = (DataClass.Personal, "an event, whole"),
        ["OpenAIEventLog.LogEventSensitive.Type"] = (DataClass.None, "a type that the owner named in OPENAI_LOG_EVENT_TYPES"),
        ["OpenAIStartupNotes.LogNote.Found"] = (DataClass.None, "a sentence of ours about a setting, and its value: a model or a voice"),
        ["OpenAIStartupNotes.LogNote.Mend"] = (DataClass.None, "a sentence of ours"),
        ["OpenRealtimeSessionHandler.LogAgain.Why"] = (DataClass.None, "the sentence of a RealtimeSessionException: ours"),
        ["OpenRealtimeSessionHandler.LogSessionReady.Provider"] = (DataClass.None, "a setting, of two"),
        ["OpenRealtimeSessionHandler.LogSessionReady.SessionId"] = (DataClass.Pseudonymous, "OpenAI's id"),
        ["Refusals.LogRefused.Reason"] = (DataClass.None, "a name of an enumeration"),
        ["Refusals.LogRefused.What"] = (DataClass.Pseudonymous, "the public address and one of our paths, without token and query; or a CallSid that our token names"),
        ["StartupNotes.LogOpen.Why"] = (DataClass.None, "one of two sentences of ours"),
        ["StartupNotes.LogReady.Address"] = (DataClass.None, "where the service listens"),
        ["StartupNotes.LogReady.Provider"] = (DataClass.None, "a setting, of two"),
        ["StartupNotes.LogReady.PublicBase"] = (DataClass.None, "a setting, which cannot have a user name or a query"),
        ["TwilioMediaSocket.LogUnknownEvent.EventName"] = (DataClass.None, "40 letters, digits, dots and dashes at the most; other text is not repeated"),
        ["WebhookExceptionFilter.LogMalformed.Fields"] = (DataClass.None, "names of fields that our validators know"),
    };

    /// <summary>The methods that are given an exception, and what the messages of such exceptions hold.</summary>
    public static readonly IReadOnlyDictionary<string, string> Exceptions = new Dictionary<string, string>
    {
        ["CallBridge.LogHandshakeFault"] = "a fault of ours around a socket; what was read from it is in no message",
        ["CallPublisher.LogListenerFailed"] = "a fault of a listener's, whose code must not put a turn's words into an exception",
        ["CallRun.LogFault"] = "a fault of ours in a call; the wire's readers throw no exception that repeats what they read",
        ["ModelSide.LogFault"] = "a fault of ours while a session is exchanged",
        ["ModelSide.LogNoSessionInFull"] = "sentences of ours, and inside them the framework's of sockets, HTTP and TLS: status and host, no header",
        ["SessionsBeingClosed.LogFault"] = "a fault of ours around a socket",
        ["UplinkBatching.LogBlind"] = "a fault of ours, or the operating system's, while it is asked for the processor's time",
        ["WarmUpService.LogFailed"] = "sentences of ours about a made-up call, and the framework's of sockets on this machine",
        ["WebhookExceptionFilter.LogFault"] = "a fault of ours in a handler; what a validator refused is logged as names of fields",
    };

    /// <summary>What a line has beside its placeholders: scopes and marks of the logging library.</summary>
    public static readonly IReadOnlyDictionary<string, DataClass> Properties = new Dictionary<string, DataClass>
    {
        ["SourceContext"] = DataClass.None,
        ["EventId"] = DataClass.None,
        ["Call"] = DataClass.Pseudonymous,
        ["CallSid"] = DataClass.Pseudonymous,
        ["StreamSid"] = DataClass.Pseudonymous,
        ["Fault"] = DataClass.None,
        ["RequestId"] = DataClass.None,
        ["ConnectionId"] = DataClass.None,
        ["ActionId"] = DataClass.None,
        ["ActionName"] = DataClass.None,
    };
}
