using Bridge.Application.Admission;

namespace Bridge.Application.Calls;

/// <summary>What a media stream holds while it is open.</summary>
public sealed partial class CallRegistry
{
    /// <summary>A place that is taken.</summary>
    public sealed class Place : IDisposable
    {
        private readonly CallRegistry _registry;
        private readonly KnownCall _call;
        private int _given;
        private int _begun;

        internal Place(CallRegistry registry, KnownCall call) => (_registry, _call) = (registry, call);

        /// <summary>The call whose place it is.</summary>
        public string CallSid => _call.Token.CallSid;

        /// <summary>Is this the call, and the account, that the stream was opened for?</summary>
        public bool IsFor(string callSid, string? accountSid) => callSid == CallSid && StreamToken.AccountOf(accountSid) == _call.Token.Account;

        /// <summary>The stream said <c>start</c>, or it never will: it is half open no more.</summary>
        public void Begin()
        {
            if (Interlocked.Exchange(ref _begun, 1) == 0)
                Interlocked.Decrement(ref _registry._halfOpen);
        }

        /// <inheritdoc />
        public void Dispose()
        {
            Begin();
            if (Interlocked.Exchange(ref _given, 1) == 0)
                _registry.Leave(_call);
        }
    }
}
