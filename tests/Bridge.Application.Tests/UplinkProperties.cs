using System.Buffers.Binary;
using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using CsCheck;

namespace Bridge.Application.Tests;

/// <summary>
/// Whatever becomes of the model's sockets and sessions: what the models were sent, one after the other, is what the caller said, in
/// order, less what was counted as dropped. A failure prints the history, made as short as it can be.
/// </summary>
public sealed class UplinkProperties
{
    private enum Act
    {
        Frames,
        OddFrame,
        Gap,
        Hole,
        Stick,
        StickForLong,
        TakeAgain,
        LoseSession,
        LoseSessionForAWhile,
        OpenSession,
        Busy,
        Calm,
    }

    private static readonly Gen<(Act Act, int Amount)[]> Histories = Gen.Select(Gen.Enum<Act>(), Gen.Int[1, 9]).Array[0, 30];

    [TestCase("20")]
    [TestCase("40")]
    [TestCase("60")]
    [TestCase("100")]
    [TestCase("auto")]
    public Task Nothing_is_lost_doubled_or_out_of_order(string setting) => Histories.SampleAsync(
        async history =>
        {
            using var replay = new Replay(setting);
            foreach (var (act, amount) in history)
                await replay.TakeAsync(act, amount);
            await replay.CheckAsync();
        },
        iter: 60);

    private sealed class Replay : IDisposable
    {
        /// <summary>Four bytes of silence, which stand for no number.</summary>
        private const int Silence = -1;

        private readonly CallRig _rig;
        private readonly List<int> _said = [];
        private readonly List<ScriptedModel> _models = [];
        private readonly Lock _gate = new();
        private volatile TaskCompletionSource? _held;
        private bool _holds;
        private long _at;

        public Replay(string setting)
        {
            _rig = new CallRig(o =>
            {
                CallRig.Endless(o);
                // A session is lost when the history says so.
                o.SendTimeout = TimeSpan.FromDays(1);
                o.CallerAudio.UplinkBatchMs = setting;
            });
            _rig.Mediator.Open = OpenAsync;
            _rig.Start();
        }

        private ScriptedModel Current
        {
            get
            {
                lock (_gate)
                    return _models[^1];
            }
        }

        public async Task TakeAsync(Act act, int amount)
        {
            switch (act)
            {
                case Act.Frames:
                    await SayAsync(amount, 160);
                    break;
                case Act.OddFrame:
                    await SayAsync(1, amount * 120);
                    break;
                case Act.Gap when _said.Count > 0:
                    // Nobody counts samples while there is no session, so none are filled in.
                    _said.AddRange(Enumerable.Repeat(Silence, _held is null ? (amount + 1) * 160 / 4 : 0));
                    _at += (amount + 1) * 20;
                    await SayAsync(1, 160);
                    break;
                case Act.Hole:
                    Pass(TimeSpan.FromMilliseconds(amount * 100));
                    break;
                case Act.Stick:
                    Current.Stuck = true;
                    break;
                case Act.StickForLong:
                    Current.Stuck = true;
                    await SayAsync(amount * 15, 160);
                    break;
                case Act.TakeAgain when Current.Stuck && _held is null:
                    Current.TakesAgain();
                    break;
                case Act.LoseSession or Act.LoseSessionForAWhile when _held is null:
                    await LoseAsync(act == Act.LoseSessionForAWhile);
                    break;
                case Act.OpenSession:
                    await OpenHeldAsync();
                    break;
                case Act.Busy:
                    _rig.Processor.Pass(_rig.Time, 10, load: 0.95);
                    break;
                case Act.Calm:
                    _rig.Processor.Pass(_rig.Time, 10, load: 0.1);
                    break;
            }
        }

        public async Task CheckAsync()
        {
            await OpenHeldAsync();
            if (Current.Stuck)
                Current.TakesAgain();
            await SayAsync(2, 160);
            await CallRig.UntilAsync(
                () =>
                {
                    Pass(TimeSpan.FromMilliseconds(50));
                    return Words(Current).LastOrDefault() == _said[^1];
                },
                "the last frame is sent, though none comes after it");
            await _rig.Twilio.StopAsync();
            var summary = await _rig.EndAsync();
            Require(summary.Reason == CallEndReason.CallerHungUp, $"the call ended: {summary.Reason}");

            var sent = _models.SelectMany(Words).ToList();
            var at = 0;
            foreach (var word in _said)
                at += at < sent.Count && sent[at] == word ? 1 : 0;
            Require(at == sent.Count, $"word {at} of {sent.Count} that were sent is not what comes next");
            Require(_said.Count - sent.Count == summary.DroppedMs * 2, $"{summary.DroppedMs} ms were dropped, and {(_said.Count - sent.Count) / 2} ms are missing");
        }

        public void Dispose()
        {
            foreach (var model in _models)
                model.Ends();
            _rig.Dispose();
        }

        /// <summary>Frames that count on, sixteen bits in four bytes: so they are quiet, and no word is the silence.</summary>
        private async Task SayAsync(int frames, int bytes)
        {
            for (; frames > 0; frames--)
            {
                var audio = new byte[bytes];
                for (var at = 0; at < bytes; at += 4)
                {
                    var word = _said.Count;
                    BinaryPrimitives.WriteInt32LittleEndian(audio.AsSpan(at), unchecked((int)0xF0F0F0F0) | ((word & 0xF000) << 12) | ((word & 0xF00) << 8) | ((word & 0xF0) << 4) | (word & 0xF));
                    _said.Add(BinaryPrimitives.ReadInt32LittleEndian(audio.AsSpan(at)));
                }

                var sent = _rig.FrameAtAsync(_at, audio);
                _at += bytes / 8;
                await sent;
            }
        }

        private void Pass(TimeSpan time) => _rig.Time.Advance(time);

        private async Task LoseAsync(bool forAWhile)
        {
            // A session that lived for five seconds is no quick loss.
            Pass(TimeSpan.FromSeconds(6));
            _holds = forAWhile;
            var lost = Current;
            lost.Ends();
            await CallRig.UntilAsync(() => _held is not null || Current != lost, "another session is asked for");
            await Current.ReadyAsync();
        }

        private async Task OpenHeldAsync()
        {
            _holds = false;
            if (_held is not { } held)
                return;
            var lost = Current;
            _held = null;
            held.SetResult();
            await CallRig.UntilAsync(() => Current != lost, "the session is open");
            await Current.ReadyAsync();
        }

        private async Task<IRealtimeSession> OpenAsync(CancellationToken token)
        {
            if (_holds)
            {
                var held = _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await held.Task.WaitAsync(token);
            }

            lock (_gate)
            {
                _models.Add(new ScriptedModel(_rig.Log, $"model {_models.Count}"));
                return _models[^1];
            }
        }

        private static IEnumerable<int> Words(ScriptedModel model)
        {
            var heard = model.Heard.ToArray();
            for (var at = 0; at + 4 <= heard.Length; at += 4)
                yield return BinaryPrimitives.ReadInt32LittleEndian(heard.AsSpan(at));
        }

        private static void Require(bool holds, string what)
        {
            if (!holds)
                throw new InvalidOperationException(what);
        }
    }
}
