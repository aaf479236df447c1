using Bridge.Domain.Playback;
using CsCheck;

namespace Bridge.Domain.Tests;

/// <summary>
/// What holds for every history of a call, however strange. A failure prints the history, made as short as it can be. The
/// marks that measure the round trip never return here, so that no drift is taken in and the naive model agrees to the sample.
/// </summary>
public sealed class PlaybackClockProperties
{
    private enum Act
    {
        Frame,
        Audio,
        ItemEnd,
        ResponseEnd,
        Mark,
        Clear,
    }

    private static readonly Gen<Act> Acts = Gen.Frequency(
        (8, Gen.Const(Act.Frame)),
        (8, Gen.Const(Act.Audio)),
        (2, Gen.Const(Act.ItemEnd)),
        (1, Gen.Const(Act.ResponseEnd)),
        (4, Gen.Const(Act.Mark)),
        (1, Gen.Const(Act.Clear)));

    private static readonly Gen<(Act Act, int Which, int Amount)[]> Histories =
        Gen.Select(Acts, Gen.Int[0, 5], Gen.Int[0, 9000], (act, which, amount) => (act, which, amount)).Array[0, 60];

    [Test]
    public void The_clock_keeps_its_promises_and_agrees_with_the_naive_model() =>
        Histories.Sample(history => new Replay().Run(history), iter: 10_000);

    /// <summary>One history, played to the clock and to the model.</summary>
    private sealed class Replay
    {
        private readonly PlaybackClock _clock = new();
        private readonly NaivePlayback _model = new();
        private readonly List<Mark> _marks = [];
        private readonly int[] _answers = new int[3];
        private readonly HashSet<ItemKey> _ended = [];
        private long _time;
        private long _heardBefore;
        private int _generationBefore;

        public void Run((Act Act, int Which, int Amount)[] history)
        {
            foreach (var (act, which, amount) in history)
            {
                var stale = act == Act.Mark && _marks.Count > 0 && _marks[amount % _marks.Count].Generation < _clock.Generation;
                var before = State();
                Take(act, which, amount);
                Require(!stale || State() == before, "a stale mark moved something");
                CheckPromises();
            }
        }

        private void Take(Act act, int which, int amount)
        {
            var slot = which % 3;
            var key = new ItemKey($"item_{slot}_{_answers[slot]}", which / 3);
            var response = $"resp_{slot}_{_answers[slot]}";
            switch (act)
            {
                case Act.Frame:
                    // Mostly 20 ms on; sometimes a gap, sometimes a frame from the past.
                    var timestamp = _time + (amount % 10 == 0 ? amount % 3000 : amount % 10 == 1 ? -(amount % 500) : 20);
                    _time = Math.Max(_time, timestamp);
                    _clock.Advance(timestamp * 8);
                    _model.Advance(timestamp);
                    break;
                case Act.Audio when !_ended.Contains(key):
                    var marks = _clock.Send(response, key, amount + 1);
                    _model.Send(response, key, amount + 1, marks.After);
                    Keep(marks.After);
                    break;
                case Act.ItemEnd:
                    var end = _clock.Complete(key);
                    _model.Complete(key, end);
                    _ended.Add(key);
                    Keep(end);
                    break;
                case Act.ResponseEnd:
                    _clock.CompleteResponse(response);
                    _model.CompleteResponse(response);
                    _answers[slot]++;
                    break;
                case Act.Mark when _marks.Count > 0:
                    _clock.MarkReturned(_marks[amount % _marks.Count]);
                    _model.MarkReturned(_marks[amount % _marks.Count]);
                    break;
                case Act.Clear:
                    _clock.Clear();
                    _model.Clear();
                    for (var i = 0; i < _answers.Length; i++)
                        _answers[i]++;
                    break;
            }
        }

        private void CheckPromises()
        {
            var heardNow = _clock.Unheard.Sum(i => i.Heard);
            Require(_clock.Unheard.All(i => i.Heard >= 0 && i.Heard <= i.Sent), "more heard than was sent");
            Require(_model.Played >= _model.Proved, "the model itself is wrong");
            var expected = _model.Unheard().Select(i => $"{i.Item}: {i.Heard}/{i.Sent}");
            var actual = _clock.Unheard.Select(i => $"{i.Key}: {i.Heard}/{i.Sent}");
            Require(actual.SequenceEqual(expected), $"the clock has [{string.Join("; ", actual)}], the model [{string.Join("; ", expected)}]");

            // What is heard to its end leaves the list, so that the rest is what was sent less what is still to come.
            var toCome = _clock.Unheard.Sum(i => i.Sent - i.Heard);
            var heard = _model.Sent - toCome;
            Require(heard >= _model.Proved, "less heard than the marks proved");
            Require(heard >= heardNow, "more heard than was sent before the end of the queue");
            Require(_clock.Generation != _generationBefore || heard >= _heardBefore, "the clock ran backwards within a generation");
            (_heardBefore, _generationBefore) = (heard, _clock.Generation);
        }

        private string State() => string.Join(";", _clock.Unheard.Select(i => $"{i.Key}: {i.Heard}/{i.Sent}/{i.Complete}"));

        private void Keep(Mark? mark)
        {
            if (mark is { } sent)
                _marks.Add(sent);
        }

        private static void Require(bool holds, string what)
        {
            if (!holds)
                throw new InvalidOperationException(what);
        }
    }
}
