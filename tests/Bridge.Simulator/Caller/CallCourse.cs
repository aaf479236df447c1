using System.Globalization;
using System.Net.WebSockets;

namespace Bridge.Simulator.Caller;

/// <summary>
/// What Twilio does with a call: it runs the verbs of one answer, and at the end of a stream asks for the next, until the call is over.
/// </summary>
internal sealed class CallCourse
{
    /// <summary>What Twilio says when nobody tells it how to go on.</summary>
    public const string ErrorSentence = "We are sorry, an application error has occurred. Goodbye.";

    // A bridge that answers every action with a stream, and refuses each, would never come to an end.
    private const int MostDocuments = 100;

    private readonly FakeCallerOptions _options;
    private readonly TimeProvider _clock;
    private readonly CallQuestions _asking;
    private readonly CallNotes _notes = new();
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<CallEnding> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _disposed = new();
    private (TwimlAnswer Document, SentenceSource Source)? _connected;
    private int _documents;
    private volatile bool _dialling = true;

    public CallCourse(FakeCallerOptions options, string callSid, TimeProvider clock)
    {
        (_options, _clock) = (options, clock);
        _asking = new CallQuestions(options, callSid, clock, _notes);
    }

    /// <summary>Opens a stream, and returns how to begin it.</summary>
    public required Func<TwimlAnswer, CancellationToken, Task<Func<Task>>> OpenStream { get; init; }

    public Errand Errand { get; } = new();

    public CallNotes Notes => _notes;

    public Task<CallEnding> Ended => _ended.Task;

    /// <summary>Rings the webhook and follows its answer to the first stream, or to the end of the call.</summary>
    public async Task<TwimlAnswer> DialAsync(CancellationToken cancellationToken)
    {
        var reply = await _asking.WebhookAsync(cancellationToken);
        if (reply.Failure is { } failure && _options.ThrowOnFirstFailure && _options.FallbackUrl is null)
            throw failure;
        var first = reply.Twiml ?? TwimlAnswer.None with { Url = _asking.Webhook };
        if (reply.Twiml is not null)
            await FollowAsync(first, SentenceSource.Webhook, cancellationToken);
        else if (await FallBackAsync(reply.ErrorCode, _asking.Webhook, cancellationToken) is { } fallback)
            await FollowAsync(fallback, SentenceSource.Fallback, cancellationToken);
        _dialling = false;
        return first;
    }

    /// <summary>A stream is over: the call goes on without it, unless the caller hung up.</summary>
    public async Task AfterStreamAsync(bool abruptly)
    {
        try
        {
            if (TakeConnected() is { } was && await NextAsync(was.Document, was.Source, abruptly ? "31903" : null, _disposed.Token) is { } next)
                await FollowAsync(next.Document, next.Source, _disposed.Token);
        }
        catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
        {
            // Nobody is interested any more.
        }
        catch (Exception exception)
        {
            _ended.TrySetException(exception);
            _notes.Fail(exception);
        }
        finally
        {
            Errand.End();
        }
    }

    /// <summary>
    /// The caller hangs up: from here on no stream's end makes the call go on. What is returned is to be called when the stream was told, and
    /// ends the call; the action is told before, and its answer changes nothing.
    /// </summary>
    public Func<Task> BeginHangUp()
    {
        var (connected, at) = (TakeConnected(), _clock.GetTimestamp());
        return async () =>
        {
            try
            {
                if (connected is { Document: { Action: not null } document })
                    await _asking.ActionAsync(document, "completed", _disposed.Token);
            }
            catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
            {
                // Nobody wants to know any more.
            }

            End(CallEnding.CallerHungUp, at: at);
        };
    }

    /// <summary>Whatever the call is doing, it does no more.</summary>
    public void Cancel()
    {
        TakeConnected();
        _disposed.Cancel();
        _ended.TrySetCanceled();
        _notes.Fail(new InvalidOperationException("The caller was disposed."));
    }

    private async Task FollowAsync(TwimlAnswer document, SentenceSource source, CancellationToken cancellationToken)
    {
        for ((TwimlAnswer Document, SentenceSource Source)? next = (document, source); next is { } now;)
        {
            if (++_documents > MostDocuments)
                throw new InvalidOperationException($"Twilio was given more than {MostDocuments} answers, and none ended the call.");
            await RunAsync(now.Document.Before, now.Source, cancellationToken);
            if (_ended.Task.IsCompleted)
                return;
            if (now.Document.Kind != TwimlKind.Connect)
            {
                End(CallEnding.OutOfVerbs);
                return;
            }

            if (await TryOpenAsync(now.Document, now.Source, cancellationToken))
                return;
            next = await NextAsync(now.Document, now.Source, null, cancellationToken);
        }
    }

    private async Task<bool> TryOpenAsync(TwimlAnswer document, SentenceSource source, CancellationToken cancellationToken)
    {
        lock (_gate)
            _connected = (document, source);
        if (!_options.DialStream)
            return true;
        try
        {
            var begin = await OpenStream(document, cancellationToken);
            _dialling = false;
            await begin();
            return true;
        }
        catch (Exception exception)
            when (exception is StreamRefusedException or WebSocketException or HttpRequestException && !(_dialling && _options.ThrowOnFirstFailure))
        {
            _notes.Refused(exception.Message);
            return TakeConnected() is null;
        }
    }

    // Connect is over, one way or another; null: and with it the call.
    private async Task<(TwimlAnswer Document, SentenceSource Source)?> NextAsync(
        TwimlAnswer document, SentenceSource source, string? abruptly, CancellationToken cancellationToken)
    {
        var error = abruptly;
        if (abruptly is null || _options.ActionAfterAbruptEnd)
        {
            if (document.Action is null)
                return (document.Next! with { Url = document.Url }, source);
            var reply = await _asking.ActionAsync(document, "in-progress", cancellationToken);
            if (reply.Twiml is { } answer)
                return (answer, SentenceSource.Action);
            error = reply.ErrorCode;
        }

        return await FallBackAsync(error!, document.Url, cancellationToken) is { } fallback ? (fallback, SentenceSource.Fallback) : null;
    }

    private async Task<TwimlAnswer?> FallBackAsync(string error, string failed, CancellationToken cancellationToken)
    {
        if (_options.FallbackUrl is { } url && (await _asking.FallbackAsync(url, error, failed, cancellationToken)).Twiml is { } answer)
            return answer;
        await SayAsync(ErrorSentence, SentenceSource.TwilioError, cancellationToken);
        End(CallEnding.TwilioError);
        return null;
    }

    private async Task RunAsync(IReadOnlyList<TwimlVerb> verbs, SentenceSource source, CancellationToken cancellationToken)
    {
        foreach (var verb in verbs)
        {
            if (_ended.Task.IsCompleted)
                return;
            if (verb.Name == "Say")
                await SayAsync(verb.Text, source, cancellationToken);
            else if (verb.Name == "Pause")
                await TakeAsync(TimeSpan.FromSeconds(int.Parse(verb.Attributes.GetValueOrDefault("length", "1"), CultureInfo.InvariantCulture)), cancellationToken);
            else if (verb.Name == "Dial")
                End(CallEnding.Dialled, verb.Text.Trim());
            else
                End(verb.Name == "Reject" ? CallEnding.Rejected : CallEnding.Hangup);
        }
    }

    private Task SayAsync(string text, SentenceSource source, CancellationToken cancellationToken)
    {
        if (_ended.Task.IsCompleted)
            return Task.CompletedTask;
        var length = TimeSpan.FromMilliseconds(_options.SayMsPerCharacter * text.Length);
        _notes.Said(new HeardSentence(text, _clock.GetTimestamp(), length, source));
        return TakeAsync(length, cancellationToken);
    }

    // Virtual time that nobody else can move yet is moved here.
    private async Task TakeAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        if (time == TimeSpan.Zero || (_dialling && _options.SayMsPerCharacter == 0))
            return;
        if (_dialling && _options.Pacing == Pacing.Manual)
        {
            ((ManualClock)_clock).Advance(time);
            return;
        }

        // Set before virtual time may pass again.
        var passing = Task.Delay(time, _clock, cancellationToken);
        Errand.End();
        await passing;
        Errand.Begin();
    }

    private (TwimlAnswer Document, SentenceSource Source)? TakeConnected()
    {
        lock (_gate)
        {
            var connected = _connected;
            _connected = null;
            return connected;
        }
    }

    private void End(CallEnding ending, string? dialed = null, long? at = null)
    {
        if (!_notes.End(at ?? _clock.GetTimestamp(), dialed))
            return;
        _ended.TrySetResult(ending);
        _notes.Fail(new InvalidOperationException($"The call is over: {ending}."));
    }
}
