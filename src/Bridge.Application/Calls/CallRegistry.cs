using Bridge.Application.Admission;
using Bridge.Application.Bridging;
using Bridge.Application.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Calls;

/// <summary>
/// The calls that are known: promised to a media stream that is still to come, on, or over. A webhook's answer promises a place,
/// the stream that brings its token takes it, and what is over stays over. Admits up to the limits, and while the service is
/// stopping only what was promised before.
/// </summary>
public sealed partial class CallRegistry : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, KnownCall> _calls = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _callsMustEnd = new();
    private readonly EndedCalls _ended;
    private readonly EndedCalls _neverCame;
    private readonly CallerLimits _limits;
    private readonly StreamTokens _tokens;
    private readonly BridgeOptions _options;
    private readonly TimeSpan _longIntro;
    private readonly int _maxHalfOpen;
    private readonly BridgeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<CallRegistry> _logger;
    private readonly ITimer _promisesEnd;
    private TaskCompletionSource _changed = NewSignal();
    private int _active;
    private int _promised;
    private int _halfOpen;
    private bool _draining;

    /// <summary>An empty one.</summary>
    public CallRegistry(
        IOptions<BridgeOptions> options, IOptions<AdmissionOptions> admission, IOptions<TwilioOptions> twilio, StreamTokens tokens, BridgeMetrics metrics, TimeProvider time, ILogger<CallRegistry> logger)
    {
        (_options, _tokens, _metrics, _time, _logger) = (options.Value, tokens, metrics, time, logger);
        _longIntro = TimeSpan.FromSeconds(Math.Max(0, twilio.Value.IntroSeconds - 30));
        _maxHalfOpen = admission.Value.MaxHalfOpen;
        (_ended, _neverCame) = (new EndedCalls(time), new EndedCalls(time));
        _limits = new CallerLimits(admission.Value, time);
        _promisesEnd = time.CreateTimer(_ => EndPromises(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many calls are on, those included that have not said <c>start</c> yet.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>How many media streams are still to come.</summary>
    public int Promised
    {
        get
        {
            lock (_gate)
            {
                Sweep();
                return _promised;
            }
        }
    }

    /// <summary>The service is stopping.</summary>
    public bool Draining
    {
        get => Volatile.Read(ref _draining);
        set
        {
            lock (_gate)
                _draining = value;
            Signal();
        }
    }

    /// <summary>Would a new call be admitted now?</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
            {
                Sweep();
                return !_draining && IsRoom;
            }
        }
    }

    /// <summary>How many streams are open that have not said <c>start</c>.</summary>
    public int HalfOpen => Volatile.Read(ref _halfOpen);

    /// <summary>Completes at the next change of what is counted here.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    /// <summary>Cancelled when the calls that are still on are to be ended.</summary>
    public CancellationToken CallsMustEnd => _callsMustEnd.Token;

    /// <summary>
    /// A webhook asks for a place, to be taken by the media stream that brings the token. Asking again for one call gives the same
    /// answer and takes no second place. A call that is not known is turned away when <paramref name="unless"/> says so.
    /// </summary>
    public StreamPromise TryPromise(string callSid, string? accountSid, CallerNumber? number = null, TurnedAway? unless = null)
    {
        lock (_gate)
        {
            Sweep();
            if (_calls.TryGetValue(callSid, out var known) && !known.IsResuming)
                return new StreamPromise(_tokens.TextOf(known.Token), null);
            if (known is not null || _ended.Contains(callSid) || _neverCame.Contains(callSid))
                return new StreamPromise(null, TurnedAway.Ended);
            // The others have the same address: who stops leaves the call to them.
            var forOthers = _draining && _options.Replicas > 1;
            TurnedAway? noPlace = forOthers || (IsRoom && !_draining) ? null : _draining ? TurnedAway.Stopping : TurnedAway.Full;
            if ((unless ?? noPlace ?? _limits.TryEnter(number)) is { } why)
                return new StreamPromise(null, why);
            return new StreamPromise(Promise(callSid, accountSid, number, isResuming: false, isElsewhere: forOthers), null);
        }
    }

    /// <summary>A call that had a place goes on in another stream: it has one, whatever else is on, and while stopping too. Returns that stream's token.</summary>
    public string PromiseAgain(string callSid, string? accountSid, CallerNumber? number = null)
    {
        lock (_gate)
        {
            Sweep();
            if (_calls.TryGetValue(callSid, out var known) && known.State == KnownCallState.Promised)
                Forget(known);
            // The stream before this one may still be closing: what is over is over for everybody but the one that brings the new token.
            _ended.Add(callSid);
            _limits.EnterAgain(number);
            return Promise(callSid, accountSid, number, isResuming: true, isElsewhere: false);
        }
    }

    /// <summary>A media stream brings a token that we signed. Null when it may not come in, and why; disposing the place gives it back.</summary>
    public Place? TryAdmit(StreamToken token, out StreamRefusal refusal)
    {
        lock (_gate)
        {
            Sweep();
            refusal = StreamRefusal.AlreadyUsed;
            if (_calls.TryGetValue(token.CallSid, out var call))
            {
                if (call.State != KnownCallState.Promised || call.Token.Nonce != token.Nonce)
                    return null;
            }
            else
            {
                // Not promised here: another instance's token, or one of before we were started.
                if (_ended.Contains(token.CallSid))
                    return null;
                refusal = StreamRefusal.Expired;
                if (_neverCame.Contains(token.CallSid) || !token.IsCurrent(_time.GetUtcNow()))
                    return null;
                call = new KnownCall(token, null, _time.GetTimestamp(), isResuming: false, isElsewhere: true);
            }

            refusal = StreamRefusal.HalfOpen;
            if (_maxHalfOpen > 0 && HalfOpen >= _maxHalfOpen)
                return null;
            refusal = _draining ? StreamRefusal.Stopping : StreamRefusal.Full;
            if (call.IsElsewhere && (!IsRoom || (_draining && _options.Replicas == 1)))
                return null;
            _calls[token.CallSid] = call;
            _promised -= call.IsElsewhere ? 0 : 1;
            call.State = KnownCallState.On;
            _active++;
            Interlocked.Increment(ref _halfOpen);
            return new Place(this, call);
        }
    }

    /// <summary>Has the calls that are still on ended.</summary>
    public Task EndCallsAsync() => _callsMustEnd.CancelAsync();

    /// <inheritdoc />
    public void Dispose()
    {
        _promisesEnd.Dispose();
        _callsMustEnd.Dispose();
    }

    /// <summary>How long a promise holds. Twilio opens the stream when it has said the intro: a long one must not use it up.</summary>
    private TimeSpan Life => _options.PromiseLife + _longIntro;

    private bool IsRoom => _options.MaxConcurrentCalls == 0 || _active + _promised < _options.MaxConcurrentCalls;

    private string Promise(string callSid, string? accountSid, CallerNumber? number, bool isResuming, bool isElsewhere)
    {
        var (token, text) = _tokens.Issue(callSid, accountSid, _options.Provider, Life);
        _calls[callSid] = new KnownCall(token, number, _time.GetTimestamp(), isResuming, isElsewhere);
        _promised += isElsewhere ? 0 : 1;
        _order.Enqueue(_calls[callSid]);
        if (_order.Count == 1)
            _promisesEnd.Change(Life, Timeout.InfiniteTimeSpan);
        return text;
    }

    private void Forget(KnownCall call)
    {
        if (ReferenceEquals(_calls.GetValueOrDefault(call.Token.CallSid), call))
            _calls.Remove(call.Token.CallSid);
        _promised -= call is { State: KnownCallState.Promised, IsElsewhere: false } ? 1 : 0;
        _limits.Leave(call.Number);
        call.State = KnownCallState.Over;
    }

    private void Leave(KnownCall call)
    {
        lock (_gate)
        {
            _active--;
            Forget(call);
            _ended.Add(call.Token.CallSid);
        }

        Signal();
    }

    private void Signal()
    {
        TaskCompletionSource changed;
        lock (_gate)
            (changed, _changed) = (_changed, NewSignal());
        changed.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
