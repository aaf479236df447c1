using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bridge.Simulator.Model;

/// <summary>Certificates that nobody has reason to trust.</summary>
public static class SelfSigned
{
    /// <summary>A certificate for a name (an IP address or a DNS name), valid from yesterday until tomorrow or as told.</summary>
    public static X509Certificate2 Certificate(string name = "127.0.0.1", DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var end = until ?? DateTimeOffset.UtcNow.AddDays(1);
        return request.CreateSelfSigned(end.AddDays(-2), end);
    }
}
