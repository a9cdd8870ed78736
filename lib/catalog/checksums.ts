/** The processor architectures that release archives are pinned for. */
export type Architecture = 'amd64' | 'arm64';

/** The release archives that a machine fetches. */
export type ArchiveName =
  'kubelet' | 'kubeadm' | 'kubectl' | 'containerd' | 'runc' | 'cni-plugins' | 'crictl' | 'etcd';

/** Archive name, then version without a leading `v`, then architecture: the sha256 in hexadecimal. */
export type ReleaseChecksums = Readonly<
  Record<ArchiveName, Readonly<Record<string, Readonly<Record<Architecture, string>>>>>
>;

/** Where every checksum of `releaseChecksums` was read. */
export const checksumSource =
  'kubernetes-sigs/kubespray roles/kubespray_defaults/vars/main/checksums.yml at 46dbdd3994b3 (2026-08-21)';

/** The day on which `checksumSource` was read. */
export const checksumDate = '2026-11-22';

/**
 * sha256 of upstream's release archives. One public table that its maintainers fill by script from
 * upstream's own checksum files, so that a machine without a route to upstream can still tell a good
 * copy from a bad one. Newest first; a version that is not listed is fetched without a catalogued
 * checksum, and whoever renders the download has to say so.
 */
export const releaseChecksums: ReleaseChecksums = {
  kubelet: {
    '1.36.4': {
      amd64: 'cf2562db46c48ab84cc3791540778ee7fb1a0a008529adbb434723dd02ed8b4b',
      arm64: 'fd53ea3fcbd077844f50a3c67e9b52f62972a563674956bab0c0f4fb7ea37d50',
    },
    '1.36.3': {
      amd64: '46707a53209f826ad0f0d62371ac69cd00e78fd9a8176cf5f6f87f18f7f8b718',
      arm64: '57205a5daf5883873d87b4914e1e00bdd7707acd075714788cfb0fc1f60bc414',
    },
    '1.36.2': {
      amd64: '3ba68cb4f0906053c08ab843131d5cec559cf8c718dbd679950a078b306abbb4',
      arm64: 'b0b45db96f0e6bf996780b8a2b8d868bf538dc7c3a60cf604cf0ea2d65c24b06',
    },
    '1.36.1': {
      amd64: '7efa1780c73d9fb3a464002864e582eb2d15aa691e475eaae323093d08feae14',
      arm64: 'bf274dd3affbf2543d20465dee1f763f668f78c6fbd56197794f81337a49d687',
    },
    '1.36.0': {
      amd64: 'd857082946c28493e8fdc52227feabd962e0e0900b6c6e4f6510168043b79dd4',
      arm64: '049d95107361583e64f3ac9b8c9bdaf73fc7e512a838972b13b423a33ece87e9',
    },
    '1.35.8': {
      amd64: '6971b9f95e54dbed67a2271abe6e78f8cc2894494649f3cf39e4b25a82dca923',
      arm64: '7744f84c49df6dff7d0a0471f9acef31568c02459659de83aa279cf3a04b1714',
    },
    '1.35.7': {
      amd64: 'e48cbb9c62351aa95f455bdae3c9a9e9d7d644027c231ade7a67b868b2be3258',
      arm64: '0dc3f53fc51f6a6c26c437ec9eded016106ef931db2dd9b3905c656796bed438',
    },
    '1.35.6': {
      amd64: 'f320e9485cdb8fd190ab45efd3c3e29f6fcf4ad1a4c610a058d8f0b6bcd34a3a',
      arm64: 'b45c8b2b8a46a92028fcd68571aa38c839b64e38e199da23e1f37dcbe9f3399b',
    },
    '1.35.5': {
      amd64: '4ba1f892bd52fdae7cd2abb1b1111054ff274c71f88af0a85fd9f1107e8d46c8',
      arm64: 'a100cfe89d7dd7a49a07164c6ccb78df02563483ef5b37330e1150e37e8868b3',
    },
    '1.35.4': {
      amd64: '983a6ba5a49823dcdd745c674e5e2416377dd27d6ad1b42d2befa0fb961a19f6',
      arm64: 'd710eef03bb4ad164bb77af9be5b11b44f874e2fc08153c7d383420d685f73e8',
    },
    '1.35.3': {
      amd64: '28d570423eaad5f1f5658a646bd8c015c786c95d62ffaf14bf35fa0c4326fa05',
      arm64: '58496a5d16d4316b18397735190d2d41e0c368169ecb458d91b09f4cd1e03c80',
    },
    '1.35.2': {
      amd64: '20887f461c0de96b0cb14c7af6b897f92d424ac078f8642f98e83ef52a0bf03e',
      arm64: 'eaf11f9c20c385624775671662e127b083c9b5d0b451fd613f9468e09ca5656c',
    },
  },
  kubeadm: {
    '1.36.4': {
      amd64: '10d054585907f2c8bb823c84f6a66b3bd2a474c3d795475f04e9a44f78650fe6',
      arm64: '6a849c07d3e1c708f5c40f1ac8be03a56124204dfc7e1931e4113634019c0dad',
    },
    '1.36.3': {
      amd64: 'bba1733c701bf70ec74ba1cc3fd5745404c1134a8a4b0a5f8560cc9832023421',
      arm64: '276cfbdc43b10fef663288cc1ed76abf77b1b7f700e9f1c053cb5dc3115484de',
    },
    '1.36.2': {
      amd64: 'f95d1b345f97c673ce1c1347eb96bf2587850975155ae701cdfc629a5b575b70',
      arm64: 'c638f0b4d9b216df8d5bcf41473b81e59143aa0a690392c224e97e6ec91ed3e9',
    },
    '1.36.1': {
      amd64: 'f35980333a4dae753807345ae359eca03f48f9945855e6a6a6708fe8b3b24038',
      arm64: '82fa5119d6687f721cd80cb278bac08f54cc5d3fd0320c66cef9394d42e153a9',
    },
    '1.36.0': {
      amd64: 'f962dcee1f49a51368c3b383742144d99eacff77b2132cd0a540ed8c6b30fe81',
      arm64: '43d4ca3a9f8f49c2c2f6db2c056de1a00fa110a3dd5aa68a74fbc52e42d96c01',
    },
    '1.35.8': {
      amd64: '1bbc64a2be5b300880ae9330c6bba592ec2a2b8ecb79c527b0c7cc0f44070e5e',
      arm64: '8956730f3ae46ebdb95e95845542f71d844f74affd69c14634a58d1fe3510d86',
    },
    '1.35.7': {
      amd64: '9206f531ffe9cef39e9b734bc49ee9ca965d646ff6d4536e5b3fd3ff71151512',
      arm64: 'b8c3a1145a9875f046e9b66d5cd5810431e92ae1d5abca82f0151694cd257928',
    },
    '1.35.6': {
      amd64: '49fd320be1d6af003fc3b61ad60cf30b02838a661ab0139798e021f7e378d806',
      arm64: 'b6acbcd4ab8a18759191a2d6373d84a80f3cb47ad5460603df5fe8887b139716',
    },
    '1.35.5': {
      amd64: 'cbf71fbee3a3f60edf3fae4e50994f88a35b35cddf65d373d7955b58e8785397',
      arm64: '24658203703a8bfa2813571881c1ba08f8cc4aff714a5b43bbf417af7d3cf229',
    },
    '1.35.4': {
      amd64: '0c0497da793f8897c14e45340da919534b615294a1aab69dc1998896c0f11145',
      arm64: 'e8f6b5bee3e2c8b5965f4ae65c2ae04e3f9f426d2458a1e2f159e824d419d92c',
    },
    '1.35.3': {
      amd64: 'a3fb4b3a214a807e2ef4c3fda3196c7f97dcf8152558de5a3c473c869bda0b07',
      arm64: '647a9821c37a27bcaf6d679a191732b686c01cecd0219d5e579129f0cfd62cef',
    },
    '1.35.2': {
      amd64: 'a51cb85c70c98ec6868fd3413ac786af5fab4ce51438963752ec5f58e68e5452',
      arm64: 'b540b734e9eaeb134e2cb7c7803dc62160589ac3b2615d717ce41acb22bbec98',
    },
  },
  kubectl: {
    '1.36.4': {
      amd64: '8b8f088da2dab964f853b38464033b1be15ede2839eca751482357c45abdd05a',
      arm64: '0ecf44450ee6063bf19dd166a103ee6df4a9034455c2abce626e6eea657d73fb',
    },
    '1.36.3': {
      amd64: 'ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336',
      arm64: '3d86f24401c41ae5a46ac50eef8865fe891d3647d324a0836f6c63757a126e62',
    },
    '1.36.2': {
      amd64: '1e9045ec32bea85da43de85f0065358529ea7c7a152eca78154fba5b58c27d82',
      arm64: 'c957eb8c4bea27a3bb35b269edd9082e27f027f7b76b20b5bf4afebc726c6d3e',
    },
    '1.36.1': {
      amd64: '629d3f410e09bf49b64ae7079f7f0bda1191efed311f7d37fdbab0ad5b0ec2b7',
      arm64: '59f7ee8e477fae658447607dc3c8790ac17a1b016c01c622c12070e969e2d4e7',
    },
    '1.36.0': {
      amd64: '123d8c8844f46b1244c547fffb3c17180c0c26dac9890589fe7e67763298748e',
      arm64: '9f9d9c44a7b5264515ac9da5991584e2395bd50662e651132337e7b4d0c56f8f',
    },
    '1.35.8': {
      amd64: '874d5e72dbb819f43cff16bcd1e4f8bac5b7f2361fe1e55049b0a6c676fb0cbf',
      arm64: 'cc749967b62f4422260bc9c0aa7a7c55f45175ae38cb8d95767b5d2b7e04c1fd',
    },
    '1.35.7': {
      amd64: '12e97f9d23a9f6cbb87b89becd6bd291e1a858a3379a4e11e2c822c4c1530052',
      arm64: '5103d45b8881434d417694057b8ccb5ae79fd310a5c5c13e403c5e62e15909be',
    },
    '1.35.6': {
      amd64: '5d11e2ba01ea68ffd053f56e27738e2b4330013ee67f7e46c6da6c585d3c9926',
      arm64: 'c0f97f31c9ddc22d4951d543a1a7125a9af4b31e895ad4aa99899c4ba2a6ff0b',
    },
    '1.35.5': {
      amd64: '90f75ea6ecc9ea5633262e1c0b83a40560003b30fc94a04cb099404fcef0c224',
      arm64: 'ac69e06fd6860d69786692f5af1c3a1208ed54f8366a4d97ab15c172e99765ee',
    },
    '1.35.4': {
      amd64: 'b529430df69a688fd61b64ad2299edb5fd71cb58be2a4779dba624c7d3510efd',
      arm64: '6a5a4cc4e396d7626a7a693a3044b51c75520f81db30fe6816c2554e53be336f',
    },
    '1.35.3': {
      amd64: 'fd31c7d7129260e608f6faf92d5984c3267ad0b5ead3bced2fe125686e286ad6',
      arm64: '6f0cd088a82dde5d5807122056069e2fac4ed447cc518efc055547ae46525f14',
    },
    '1.35.2': {
      amd64: '924eb50779153f20cb668117d141440b95df2f325a64452d78dff9469145e277',
      arm64: 'cd859449f54ad2cb05b491c490c13bb836cdd0886ae013c0aed3dd67ff747467',
    },
  },
  containerd: {
    '2.3.4': {
      amd64: '9d68969855fbf676cdb8ed758e420fb048d61f984f61de3e53eddfebe484d168',
      arm64: 'a985fbb7e18fc0362d31a055338f5d7b0e087a3e27f14c70d1c5965399a29f95',
    },
    '2.3.3': {
      amd64: 'ebf6e710056312628eaf6fb4a1c32f0a4ae5f812568321be4029389d66fc7c7c',
      arm64: '9cc708f13c31588a2fbdbd13553d963356e990d50e9b95a2d6120f4ff2067910',
    },
    '2.3.2': {
      amd64: '75625e6f6595bb95f3fb9c8123a60534af4a8d9b52d7617065967bcefe71a17a',
      arm64: '6874adea935300402b7782d63bf58f1bd59a3323d76a9f22f27686001fb8997a',
    },
    '2.3.1': {
      amd64: '628448bd973610c656c1cbea8e88b32fafd85b23cc1aa4a3372eb7198478c054',
      arm64: '46a83603a850f3916ca7c942310daaf82ed17773a85b1d431e92d4a541e46d0d',
    },
    '2.3.0': {
      amd64: '4cb83e7100a5e73fcb626207d0b5bcfd1294e26aeddfe075dcfb38f375c5f887',
      arm64: '06623dc8719b30d06303420f7eae91b0a9ade4e71243a4102f6375e585fb0a42',
    },
    '2.2.7': {
      amd64: '91cd216ea26a1b8b512219d3f205375c967e7b7de4dae571bc3dd16bfacd34b5',
      arm64: '84eb0a161e20ad45465202fa2d6d93b3d9b74666c363e9908706d590a86e2618',
    },
    '2.2.6': {
      amd64: 'f001b58b63206da25aa5accdb2eb1211aec19c28ec418b4d953b87d0c1ee7eb6',
      arm64: '0b05746d09e86ac1098a3ecf4bc67d146873d668819aeb8216c39fcf369e8a51',
    },
    '2.2.5': {
      amd64: 'd4031557773a8e969d604b4ee809c64ed3c6cd024d38d521d93984fa17d37b89',
      arm64: 'ad3f7aec168ebbae8d24c412fdd2e8806d96599757f6032e38997d62a108158a',
    },
    '2.2.4': {
      amd64: '62e77f6294e432dca5b56ad7e7d6085b5bbb526ebba0a51d832714f9b04cfdfd',
      arm64: 'd0897c8e27c96a7b7d4c73e9b278ea9f559dda619d497d88b323a528bd1412c3',
    },
    '2.2.3': {
      amd64: 'ca26ef5138f17b847bbeeec36d4bf5e002b54d25858197a870c125d57f44d32f',
      arm64: '2942d72435b18610f7b69c1ddb74f99cef5c549425ff80d3e74f04e5e80db6a4',
    },
    '2.2.2': {
      amd64: '2c08c99cbde73b3388c6d5da68e0bcaebc70c9174f2b14d785695e4401b3ede0',
      arm64: 'cb102473d6e353beb604178879d51cc456da0cdf368d9437d8d404ed01baf674',
    },
    '2.2.1': {
      amd64: 'f5d8e90ecb6c1c7e33ecddf8cc268a93b9e5b54e0e850320d765511d76624f41',
      arm64: 'dac15a0d412a24be8bfe6a40cec8f51829062725169f1e72ac7d120a891ef5b6',
    },
  },
  runc: {
    '1.4.3': {
      amd64: 'f6ae8efc0fa40079e1475e97cbe9d1bd3f106a28d6af78a11d9f1bd565515e60',
      arm64: '633301e2e32f8a5ad54031aab4901eb00308bec677dd15faa2751e8f9dab5ca4',
    },
    '1.4.2': {
      amd64: 'ac8a90f9e225bb9322189937b230cdc5478d5753f0e31e1bda98a5cf06bd9539',
      arm64: 'ea54032310588e115633aa2f4bba8bf9500257f657e1deca88df5778775138db',
    },
    '1.4.1': {
      amd64: 'b6d50dad89a420cafcdc0eebf4bed132a45b161d5bc1ba4ddd8cc4422d24a983',
      arm64: '80d5757c46152c35151621cf394ee08cec881716169d0fdd40f9ce124d3c85f5',
    },
    '1.4.0': {
      amd64: 'c5d4995c5aec204d7e1827d9d9a6b45042602736f7f415f484252e576dcdac28',
      arm64: '2adbeed4c751d6f2201c642ed06269ff4370fcc4165abd3f323e19c653716c31',
    },
    '1.3.6': {
      amd64: '3f3921dbbee7723e9868f97e88e51ffc910206e3ba55646e74d93d24ea76023c',
      arm64: '6be27a061ef89bb14c6cb495405bba80f46cea213b8f79378a6086b1bac6b747',
    },
    '1.3.5': {
      amd64: '66fa8390be8fb3b23dfbb60c767368bb5b51f1acfa88692bbff1a82953d4d9e9',
      arm64: 'bd843d75a788e612c9df286b1fa519a44fcbb7a7b8d01e2268431433cc7c718c',
    },
    '1.3.4': {
      amd64: '5966ca40b6187b30e33bfc299c5f1fe72e8c1aa01cf3fefdadf391668f47f103',
      arm64: 'd6dcab36d1b6af1b72c7f0662e5fcf446a291271ba6006532b95c4144e19d428',
    },
    '1.3.3': {
      amd64: '8781ab9f71c12f314d21c8e85f13ca1a82d90cf475aa5131a7b543fcc5487543',
      arm64: '3c9a8e9e6dafd00db61f4611692447ebab4a56388bae4f82192aed67b66df712',
    },
    '1.3.2': {
      amd64: 'e7a8e30bd6d248f494aae9163521ff4eb112a30602ac56ada0871e3531269c2d',
      arm64: '06fbccb4528ecd490f3f333d6dcf22c876bd72a024813a0c0a46312121f4c5fd',
    },
    '1.3.1': {
      amd64: '53bfce31ca047e537e0767b21c9d529d4b5b3e1cb9c590ca81654f9a5615d80d',
      arm64: 'e531c276312ec701be7edf2b998ac4220c858d02d274bef5546945964792d074',
    },
    '1.3.0': {
      amd64: '028986516ab5646370edce981df2d8e8a8d12188deaf837142a02097000ae2f2',
      arm64: '85c5e4e4f72e442c8c17bac07527cd4f961ee48e4f2b71797f7533c94f4a52b9',
    },
  },
  'cni-plugins': {
    '1.9.1': {
      amd64: 'b98f74a0f8522f0a83867178729c1aa70f2158f90c45a2ca8fa791db1c76b303',
      arm64: '56171987d3947707c3563db2f4001bccaf50fd63468611b9f3cbecb1375ee7ec',
    },
    '1.8.0': {
      amd64: 'ab3bda535f9d90766cccc90d3dddb5482003dd744d7f22bcf98186bf8eea8be6',
      arm64: '57ce466fc3b79db1f19b8f4c63e07a1112306efa53c94fe810a2150dd9e07ddb',
    },
    '1.7.1': {
      amd64: '1a28a0506bfe5bcdc981caf1a49eeab7e72da8321f1119b7be85f22621013098',
      arm64: '119fcb508d1ac2149e49a550752f9cd64d023a1d70e189b59c476e4d2bf7c497',
    },
  },
  crictl: {
    '1.36.0': {
      amd64: '83855e114566a8a8c44c548d515670f51de3a5e1da8b2effb59870e2f10c25a3',
      arm64: '68328594ccf780a80ae2b092d9f6ce484eec7cf540c275242e8fd954bfd95332',
    },
    '1.35.0': {
      amd64: '2e141e5b22cb189c40365a11807d69b76b9b3caced89fac2f4ec879408ce2177',
      arm64: '519071de89b64c43e2a1661bb5489c6c3fd5e9e5fcef75e50e542b0c891f1118',
    },
  },
  etcd: {
    '3.6.14': {
      amd64: 'ffe840ff9295808e88cce2794a18a5ac87f12a5203c8314d0bf6aa119b41bac5',
      arm64: 'fa1b80565ee6fc2df1ae6f57a508b221f3ecc7d591c317c581cd8281b0842b3e',
    },
    '3.6.13': {
      amd64: 'b4928654aed84d90952620c7144555e4186d795e1e7414e65fe0cf6265fd0465',
      arm64: '5ab53ff70301fa9d782fa4b59fdfc1fae49ffdf427a0afb3cd313a93449800fc',
    },
    '3.6.12': {
      amd64: 'd2564bb50b58e52fbaf3bde4a9561a1d04e20cdc761f795580e4d615d5d41355',
      arm64: '147afc710e164fa342ad8561bcca8903f3913bd9fb9ae0c83c857b1d868189cc',
    },
    '3.6.11': {
      amd64: '8756f7a4eaf921668a83de0bf13c0f65cae9186a165696e3ae8396afe6f557ed',
      arm64: '5302f1a6157c34eb0568c75fba9d06da98353576df04399f08645bef634acd2d',
    },
    '3.6.10': {
      amd64: 'ed579fafab5701e3aaa95509969e7bc74776a4ae5269d32e3928408b406456ec',
      arm64: 'e40dc34b7a512b99c651f7700c1014e9b76e02415e2e24365b248966b173524c',
    },
    '3.6.9': {
      amd64: '633136f13fcadac52e5c0ddcb97912643af6fcb9cb362e75774d0f96f7666396',
      arm64: 'b51e433724325b66770019c4819d091b8965d2e81c07571a46e0619da1c8ece6',
    },
    '3.6.8': {
      amd64: 'cf9cfe91a4856cb90eed9c99e6aee4b708db2c7888b88a6f116281f04b0ea693',
      arm64: '438f56a700d17ce761510a3e63e6fa5c1d587b2dd4d7a22c179c09a649366760',
    },
    '3.6.7': {
      amd64: 'cf8af880c5a01ee5363cefa14a3e0cb7e5308dcf4ed17a6973099c9a7aee5a9a',
      arm64: 'ef5fc443cf7cc5b82738f3c28363704896551900af90a6d622cae740b5644270',
    },
    '3.6.6': {
      amd64: '887afaa4a99f22d802ccdfbe65730a5e79aa5c9ce2c8799c67e9d804c50ecedb',
      arm64: '8a15f5427c111ff4692753682374970fb68878401d946c2c28bdad6857db652f',
    },
    '3.6.5': {
      amd64: '66bad39ed920f6fc15fd74adcb8bfd38ba9a6412f8c7852d09eb11670e88cac3',
      arm64: '7010161787077b07de29b15b76825ceacbbcedcb77fe2e6832f509be102cab6b',
    },
  },
};
