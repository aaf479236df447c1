using Bridge.Application.Admission;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using CsCheck;

namespace Bridge.Application.Tests;

/// <summary>
/// Whatever happens in whichever order, the counts are those of a model that is a list. A failure prints the history, made as
/// short as it can be.
/// </summary>
public sealed class RegistryProperties
{
    private const int Most = 3;
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private enum Act
    {
        Webhook,
        Stream,
        StreamFromElsewhere,
        End,
        Resume,
        Begin,
        Drain,
        TimePasses,
    }

    private static readonly Gen<(Act Act, int Call, int Amount)[]> Histories =
        Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 5], Gen.Int[0, 99]).Array[0, 80];

    [TestCase(1)]
    [TestCase(2)]
    public void The_counts_are_exact(int replicas) => Histories.Sample(
        history =>
        {
            using var replay = new Replay(replicas);
            foreach (var (act, call, amount) in history)
                replay.Take(act, TestNames.Call(call), amount);
        },
        iter: 2_000);

    /// <summary>A promise, or a call that is on, in the model.</summary>
    private sealed record Entry(string CallSid, string Text, TimeSpan At, bool Counts, bool Resumes)
    {
        public CallRegistry.Place? Place { get; init; }

        /// <summary>The call goes on in another stream.</summary>
        public bool IsReplaced { get; set; }
    }

    private sealed class Replay : IDisposable
    {
        private readonly Switchboard _board;
        private readonly bool _alone;
        private readonly List<Entry> _promised = [];
        private readonly List<Entry> _on = [];
        private readonly HashSet<string> _over = [];
        private TimeSpan _now;
        private int _missed;

        public Replay(int replicas) =>
            (_alone, _board) = (replicas == 1, new Switchboard(new BridgeOptions { MaxConcurrentCalls = Most, Replicas = replicas }, Switchboard.Unlimited));

        private bool Draining => _board.Calls.Draining;

        private bool IsRoom => _on.Count + _promised.Count(p => p.Counts) < Most;

        public void Take(Act act, string call, int amount)
        {
            switch (act)
            {
                case Act.Webhook:
                    Webhook(call);
                    break;
                case Act.Stream:
                    // Of a call that was promised, mostly; else of one that is on, or was.
                    Stream(_promised.Find(p => p.CallSid == call) ?? _on.Find(p => p.CallSid == call));
                    break;
                case Act.StreamFromElsewhere:
                    StreamFromElsewhere(call);
                    break;
                case Act.End when _on.Count > 0:
                    var ending = _on[amount % _on.Count];
                    ending.Place!.Dispose();
                    ending.Place.Dispose();
                    _on.Remove(ending);
                    _over.Add(ending.CallSid);
                    break;
                case Act.Begin when _on.Count > 0:
                    _on[amount % _on.Count].Place!.Begin();
                    break;
                case Act.Resume when _on.Exists(e => e.CallSid == call) || _over.Contains(call):
                    _promised.RemoveAll(p => p.CallSid == call);
                    _on.FindAll(o => o.CallSid == call).ForEach(o => o.IsReplaced = true);
                    _over.Add(call);
                    _promised.Add(new Entry(call, _board.Calls.PromiseAgain(call, TestNames.AccountSid), _now, Counts: true, Resumes: true));
                    break;
                case Act.Drain:
                    _board.Calls.Draining = amount < 50;
                    break;
                case Act.TimePasses:
                    Pass(TimeSpan.FromSeconds(amount));
                    break;
            }

            Check(act);
        }

        public void Dispose() => _board.Dispose();

        private void Webhook(string call)
        {
            var promise = _board.Promise(call);
            if (Known(call) is { } known)
            {
                Require(promise == (known.Resumes ? new StreamPromise(null, TurnedAway.Ended) : new StreamPromise(known.Text, null)), $"a known call got {promise}");
                return;
            }

            TurnedAway? why = _over.Contains(call) ? TurnedAway.Ended
                : Draining ? _alone ? TurnedAway.Stopping : null
                : IsRoom ? null : TurnedAway.Full;
            Require(promise.Why == why && (promise.Token is null) == (why is not null), $"a new call got {promise} instead of {why}");
            if (promise.Token is { } text)
                _promised.Add(new Entry(call, text, _now, Counts: !Draining, Resumes: false));
        }

        private void Stream(Entry? entry)
        {
            if (entry is null)
                return;
            var comesIn = _promised.Contains(entry) && (entry.Counts || (IsRoom && !(Draining && _alone)));
            entry = entry with { Place = Bring(entry.Text, comesIn) };
            if (entry.Place is null)
                return;
            _promised.RemoveAll(p => p.Text == entry.Text);
            _on.Add(entry);
        }

        private void StreamFromElsewhere(string call)
        {
            var text = _board.Tokens.Issue(call, TestNames.AccountSid, "openai", Life).Text;
            var place = Bring(text, Known(call) is null && !_over.Contains(call) && IsRoom && !(Draining && _alone));
            if (place is not null)
                _on.Add(new Entry(call, text, _now, Counts: false, Resumes: false) { Place = place });
        }

        private CallRegistry.Place? Bring(string text, bool comesIn)
        {
            var place = _board.Bring(text, out var refusal);
            Require(place is not null == comesIn, $"a stream came in: {place is not null} ({refusal})");
            return place;
        }

        /// <summary>The newest that is known of a call.</summary>
        private Entry? Known(string call) => _promised.Find(p => p.CallSid == call) ?? _on.Find(o => o.CallSid == call && !o.IsReplaced);

        private void Pass(TimeSpan time)
        {
            _now += time;
            _board.Time.Advance(time);
            // The timer for all but the first promise is set a millisecond late; whoever asks is answered exactly.
            var missed = _promised.FindAll(p => p.Counts && _now - p.At >= Life);
            // With several instances the stream may have come to another: nothing is said, and the call may ask again.
            if (_alone)
            {
                _missed += missed.Count;
                _over.UnionWith(missed.Select(p => p.CallSid));
            }

            _promised.RemoveAll(p => _now - p.At >= Life);
        }

        private void Check(Act act)
        {
            var (active, promised) = (_on.Count, _promised.Count(p => p.Counts));
            Require((_board.Calls.Active, _board.Calls.Promised) == (active, promised), $"after {act}: {_board.Calls.Active} on and {_board.Calls.Promised} promised instead of {active} and {promised}");
            Require(_board.Calls.HasRoom == (!Draining && IsRoom), $"after {act}: room");
            Require(_board.Metrics.Measured.Count == _missed, $"after {act}: {_board.Metrics.Measured.Count} missed instead of {_missed}");
        }

        private static void Require(bool holds, string what)
        {
            if (!holds)
                throw new InvalidOperationException(what);
        }
    }
}
