using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Bridge.Simulator.Caller;

/// <summary>How Twilio looks at a certificate: the chain must end in somebody it trusts, and the name must be the one it dialled.</summary>
internal static class TwilioTls
{
    /// <summary>The usual checks, under a public name, with one more certificate that is trusted.</summary>
    public static SslClientAuthenticationOptions For(string host, X509Certificate2? trust)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (trust is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.Add(trust);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }
}
