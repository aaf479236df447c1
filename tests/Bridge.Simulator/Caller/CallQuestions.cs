namespace Bridge.Simulator.Caller;

/// <summary>What Twilio asks in the course of one call, and writes down with the answer.</summary>
internal sealed class CallQuestions(FakeCallerOptions options, string callSid, TimeProvider clock, CallNotes notes)
{
    private readonly TwilioRequests _requests = new(options, clock);

    /// <summary>The webhook as the outside world calls it.</summary>
    public string Webhook => _requests.Webhook;

    /// <summary>There is a call: what is to be done with it?</summary>
    public Task<TwilioReply> WebhookAsync(CancellationToken cancellationToken) => _requests.AskAsync(
        Webhook, options.UseGet ? "GET" : "POST", _requests.Form(callSid, "ringing"), options.ThrowOnFirstFailure, cancellationToken);

    /// <summary>Connect is over: how does the call go on? Or only to tell that it does not.</summary>
    public Task<TwilioReply> ActionAsync(TwimlAnswer document, string callStatus, CancellationToken cancellationToken)
    {
        var form = _requests.Form(callSid, callStatus);
        form["CallStatus"] = callStatus;
        foreach (var (name, value) in options.ActionForm)
            form[name] = value;
        var url = new Uri(new Uri(document.Url), document.Action!);
        return AskAsync(notes.Acted, url, document.ActionMethod, form, cancellationToken);
    }

    /// <summary>Something failed: what is to be said instead?</summary>
    public Task<TwilioReply> FallbackAsync(Uri url, string error, string failed, CancellationToken cancellationToken)
    {
        var form = _requests.Form(callSid, "in-progress");
        (form["ErrorCode"], form["ErrorUrl"]) = (error, failed);
        return AskAsync(notes.FellBack, url, "POST", form, cancellationToken);
    }

    private async Task<TwilioReply> AskAsync(
        Action<ActionRequest> note, Uri url, string method, Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        var at = clock.GetTimestamp();
        var reply = await _requests.AskAsync(url.OriginalString, method, form, mustEnd: false, cancellationToken);
        note(new ActionRequest(url, method, form, reply.Status, reply.Body, at)
        {
            AnsweredAt = clock.GetTimestamp(),
            Attempts = reply.Attempts,
            Failure = reply.Failure?.Message,
        });
        return reply;
    }
}
